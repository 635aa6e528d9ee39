-- Drives a real Neovim (0.7 or newer): nvim --headless -u NONE -c "luafile drive.lua" FILE
-- POLYCELL_COMMAND is the server's command line; POLYCELL_STEPS a JSON list of steps:
--   {"do": "diagnostics", "code": "undefined-name"}         wait until a diagnostic with this code is shown
--   {"do": "complete"|"hover"|"define", "line": 0, "column": 0}   0-based, bytes, as Neovim counts
--   {"do": "type", "line": 0, "column": 0, "text": "x"}      insert text as if typed
-- Prints one JSON line per step.
local command = vim.split(vim.env.POLYCELL_COMMAND, " ", { trimempty = true })
local steps = vim.fn.json_decode(vim.env.POLYCELL_STEPS)
local function out(value)
  io.stdout:write(vim.fn.json_encode(value) .. "\n")
end

vim.cmd("filetype on | filetype detect")
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = "polycell", cmd = command, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(buffer, client)
local ready = vim.wait(20000, function()
  local c = vim.lsp.get_client_by_id(client)
  return c ~= nil and c.initialized == true and vim.lsp.buf_is_attached(buffer, client)
end, 20)
out({ step = "ready", ok = ready, filetype = vim.bo.filetype })

local methods = { complete = "textDocument/completion", hover = "textDocument/hover", define = "textDocument/definition" }
for _, step in ipairs(steps) do
  local answer = { step = step["do"] }
  if step["do"] == "diagnostics" then
    vim.wait(30000, function()
      for _, d in ipairs(vim.diagnostic.get(buffer)) do
        if d.code == step.code then return true end
      end
      return false
    end, 20)
    answer.found = vim.tbl_map(function(d)
      return { line = d.lnum, column = d.col, code = d.code, message = d.message }
    end, vim.diagnostic.get(buffer))
  elseif step["do"] == "type" then
    vim.api.nvim_buf_set_text(buffer, step.line, step.column, step.line, step.column, vim.split(step.text, "\n"))
  else
    local params = {
      textDocument = { uri = vim.uri_from_bufnr(buffer) },
      position = { line = step.line, character = step.column },
    }
    local results = vim.lsp.buf_request_sync(buffer, methods[step["do"]], params, 10000) or {}
    local first = results[client] or {}
    if step["do"] == "complete" then
      local items = first.result and (first.result.items or first.result) or {}
      answer.labels = vim.tbl_map(function(i) return i.label end, items)
    else
      answer.result = first.result or vim.NIL
    end
    answer.error = first.error or first.err
  end
  out(answer)
end
vim.lsp.stop_client(client)
out({ step = "stopped", ok = vim.wait(5000, function() return vim.lsp.get_client_by_id(client) == nil end, 20) })
vim.cmd("qa!")
