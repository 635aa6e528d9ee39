// Runs inside the extension host of a real workbench (see run.mjs): what a user of the extension gets, asked for
// through the editor's own API. The tests share one window, and each leaves the notebook as it found it.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const vscode = require("vscode");

const { Position, Range, NotebookCellData, NotebookCellKind, NotebookEdit, NotebookRange, WorkspaceEdit } = vscode;
const folder = vscode.workspace.workspaceFolders[0].uri;
const file = (name) => vscode.Uri.joinPath(folder, name);
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** The first truthy answer of `ask`; with the last answer in the message when none comes. */
async function until(what, ask, patience = 10_000) {
  let answer;
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`waited in vain: ${what}`);
}

const extension = () => vscode.extensions.getExtension("polycell.polycell");
const state = () => extension()?.exports?.state;
const ready = () => until(`the server is ready, not ${JSON.stringify(state())}`, () => state()?.kind === "ready");

async function open(name) {
  const notebook = await vscode.workspace.openNotebookDocument(file(name));
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

/** As the explorer does it: no reference of ours keeps the document open when its editor is closed. */
async function openByCommand(name) {
  await vscode.commands.executeCommand("vscode.openWith", file(name), "jupyter-notebook");
  const shown = () => vscode.window.activeNotebookEditor?.notebook;
  return until(`${name} shown`, () => shown()?.uri.path.endsWith(`/${name}`) && shown());
}

/** The cell whose text has `part`, looked up anew: cells move. */
const cellWith = (notebook, part) => {
  const cell = notebook.getCells().find((one) => one.document.getText().includes(part));
  assert.ok(cell, `a cell with ${part}`);
  return cell;
};

/** The position just behind `part` in a document. */
function after(document, part) {
  const at = document.getText().indexOf(part);
  assert.ok(at >= 0, `${part} in ${document.getText()}`);
  return document.positionAt(at + part.length);
}

const problems = (document) => vscode.languages.getDiagnostics(document.uri);
const words = (document) => problems(document).map((problem) => document.getText(problem.range));
const noProblems = (document) => until(`no problems, not ${words(document)}`, () => problems(document).length === 0);
const problemAt = (document, word) =>
  until(`a problem at ${word}`, () => problems(document).find((problem) => document.getText(problem.range) === word));

async function completions(document, position) {
  const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", document.uri, position);
  return list.items.map((item) => (typeof item.label === "string" ? item.label : item.label.label));
}

const offers = (document, position, wanted) =>
  until(`${wanted} offered`, async () => {
    const labels = await completions(document, position());
    return wanted.every((one) => labels.includes(one)) && labels;
  });

async function hover(document, position) {
  const found = await vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, position);
  return found.flatMap((one) => one.contents.map((content) => content.value ?? content)).join("\n");
}

async function type(document, position, text) {
  const edit = new WorkspaceEdit();
  edit.insert(document.uri, position, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function erase(document, range) {
  const edit = new WorkspaceEdit();
  edit.delete(document.uri, range);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function edit(notebook, ...edits) {
  const whole = new WorkspaceEdit();
  whole.set(notebook.uri, edits);
  assert.ok(await vscode.workspace.applyEdit(whole));
}

/** What the editor offers at a word, chosen by its title and carried out as the editor does it. */
async function applyAction(document, word, title) {
  const start = document.positionAt(document.getText().indexOf(word));
  const range = new Range(start, start.translate(0, word.length));
  const action = await until(`an action "${title}"`, async () => {
    const all = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range);
    return all.find((one) => one.title === title);
  });
  if (action.edit) assert.ok(await vscode.workspace.applyEdit(action.edit));
  if (action.command) await vscode.commands.executeCommand(action.command.command, ...action.command.arguments);
}

const tests = {
  async "a notebook starts the server"() {
    const notebook = await open("sales.ipynb");
    await until("the extension is active", () => extension()?.isActive);
    await ready();
    assert.equal(notebook.cellCount, 7);
    assert.equal(cellWith(notebook, "where price").document.languageId, "sql");
  },

  async "the chart at the cursor is shown as a picture beside the notebook"() {
    const notebook = await open("sales.ipynb");
    await ready();
    const code =
      'import pandas as pd\nimport altair as alt\nseen = pd.DataFrame({"a": ["x"], "b": [1]})\nalt.Chart(seen).mark_bar().encode(x="a", y="b")';
    const index = notebook.cellCount;
    await edit(
      notebook,
      NotebookEdit.insertCells(index, [new NotebookCellData(NotebookCellKind.Code, code, "python")]),
    );
    try {
      vscode.window.activeNotebookEditor.selection = new NotebookRange(index, index + 1);
      const pictures = () =>
        vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => /chart-.*\.png/.test(tab.label));
      await vscode.commands.executeCommand("polycell.showChart");
      await until(
        `a picture among ${vscode.window.tabGroups.all.flatMap((g) => g.tabs.map((t) => t.label))}`,
        () => pictures().length > 0,
      );
      await vscode.window.tabGroups.close(pictures());
    } finally {
      await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(index, index + 1)));
    }
  },

  async "a use before definition is underlined, and nothing else"() {
    const notebook = await open("sales.ipynb");
    const cell = cellWith(notebook, "print(late)");
    const problem = await problemAt(cell.document, "late");
    assert.ok(problem.code, "it has a code");
    for (const other of notebook.getCells()) {
      if (other.index !== cell.index) assert.deepEqual(problems(other.document), [], other.document.getText());
    }
  },

  async "the columns of a Python frame are completed in a %%sql cell"() {
    const notebook = await open("sales.ipynb");
    const { document } = cellWith(notebook, "%%sql");
    await offers(document, () => after(document, "select "), ["region", "price", "sold_on"]);
    await offers(document, () => after(document, "from "), ["sales"]);
  },

  async "and in a cell whose language is SQL"() {
    const notebook = await open("sales.ipynb");
    const { document } = cellWith(notebook, "where price");
    await offers(document, () => after(document, "where "), ["region", "price", "sold_on"]);
  },

  async "the result of SQL has columns in Python below"() {
    const notebook = await open("sales.ipynb");
    const { document } = notebook.cellAt(notebook.cellCount - 1);
    await type(document, after(document, "totals"), '["');
    await offers(document, () => after(document, 'totals["'), ["region", "total"]);
    await erase(document, new Range(new Position(0, 6), document.lineAt(0).range.end));
  },

  async "hover shows a table's columns, and a column's type"() {
    const notebook = await open("sales.ipynb");
    const python = cellWith(notebook, "read_csv").document;
    assert.match(await hover(python, after(python, "sal")), /region/);
    const sql = cellWith(notebook, "where price").document;
    assert.match(await hover(sql, after(sql, "where pri")), /price/);
  },

  async "the definition of a table in SQL is the Python name"() {
    const notebook = await open("sales.ipynb");
    const sql = cellWith(notebook, "where price").document;
    const found = await vscode.commands.executeCommand(
      "vscode.executeDefinitionProvider",
      sql.uri,
      after(sql, "from sa"),
    );
    const uris = found.map((one) => (one.uri ?? one.targetUri).toString());
    assert.deepEqual(uris, [cellWith(notebook, "read_csv").document.uri.toString()]);
  },

  async "a quick fix repairs a misspelt name, and another adds an import"() {
    const notebook = await open("sales.ipynb");
    const fresh = new NotebookCellData(NotebookCellKind.Code, "totls = 1\nprint(saels, np)", "python");
    await edit(notebook, NotebookEdit.insertCells(notebook.cellCount, [fresh]));
    const cell = () => notebook.cellAt(notebook.cellCount - 1);
    await problemAt(cell().document, "saels");
    await applyAction(cell().document, "saels", "Change to `sales`");
    await applyAction(cell().document, "np", "Add `import numpy as np` to this cell");
    assert.equal(cell().document.getText(), "import numpy as np\ntotls = 1\nprint(sales, np)");
    await noProblems(cell().document);
    await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(notebook.cellCount - 1, notebook.cellCount)));
  },

  async "a quick fix moves the cell that defines a name, and keeps its outputs"() {
    const notebook = await open("sales.ipynb");
    const early = cellWith(notebook, "print(late)");
    await problemAt(early.document, "late");
    const place = early.index;
    await applyAction(early.document, "late", "Move the cell that defines `late` above this cell");
    await until("the cell is moved", () => notebook.cellAt(place).document.getText() === "late = 1");
    assert.equal(notebook.cellCount, 7);
    assert.equal(notebook.cellAt(place).metadata.id ?? notebook.cellAt(place).metadata.metadata?.id, "define");
    await noProblems(cellWith(notebook, "print(late)").document);
    await vscode.commands.executeCommand("polycell.moveCell", {
      notebook: notebook.uri.toString(),
      cell: cellWith(notebook, "print(late)").document.uri.toString(),
      before: cellWith(notebook, "late = 1").document.uri.toString(),
    });
    await problemAt(cellWith(notebook, "print(late)").document, "late");
  },

  async "a name is renamed in Python and SQL together"() {
    const notebook = await open("sales.ipynb");
    const texts = () => notebook.getCells().map((cell) => cell.document.getText());
    const before = texts();
    for (const [start, from, to] of [
      ["sales = pd", "sales", "orders"],
      ["from orders group", "orders", "sales"],
    ]) {
      const { document } = cellWith(notebook, start);
      const position = after(document, start.slice(0, start.indexOf(from) + 2));
      const whole = await vscode.commands.executeCommand(
        "vscode.executeDocumentRenameProvider",
        document.uri,
        position,
        to,
      );
      assert.equal(whole.entries().length, 3, "three cells are edited");
      assert.ok(await vscode.workspace.applyEdit(whole));
      if (to === "orders") {
        assert.deepEqual(
          texts().filter((text) => text.includes("orders")),
          before.filter((text) => text.includes("sales")).map((text) => text.replace(/\bsales\b(?!\.csv)/g, "orders")),
        );
      }
    }
    assert.deepEqual(texts(), before);
  },

  async "a rename that is not certain is refused with a reason"() {
    const notebook = await open("sales.ipynb");
    const { document } = cellWith(notebook, "late = 1");
    const clash = vscode.commands.executeCommand(
      "vscode.executeDocumentRenameProvider",
      document.uri,
      new Position(0, 1),
      "sales",
    );
    await assert.rejects(async () => clash, /defined already/);
    const unknown = new NotebookCellData(NotebookCellKind.Code, "print(unheard_of)", "python");
    await edit(notebook, NotebookEdit.insertCells(notebook.cellCount, [unknown]));
    const last = notebook.cellAt(notebook.cellCount - 1).document;
    await problemAt(last, "unheard_of");
    const asked = vscode.commands.executeCommand("vscode.prepareRename", last.uri, new Position(0, 8));
    await assert.rejects(async () => asked, /outside of the notebook/);
    await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(notebook.cellCount - 1, notebook.cellCount)));
  },

  async "a column is renamed in Python strings, SQL and a chart together, and not where a file names it"() {
    const texts = [
      'import pandas as pd\nframe = pd.DataFrame({"price": [1.5]})',
      '%%sql\nselect sum(Price) as total, "price" from frame group by all',
      'frame.query("price > 1")["price"]',
      '{"data": {"name": "frame"}, "mark": "bar", "encoding": {"x": {"field": "price", "title": "price"}}}',
    ];
    const kinds = ["python", "python", "python", "vega-lite"];
    const data = new vscode.NotebookData(
      texts.map((text, at) => new NotebookCellData(NotebookCellKind.Code, text, kinds[at])),
    );
    data.metadata = { metadata: { language_info: { name: "python" } } };
    const made = await vscode.workspace.openNotebookDocument("jupyter-notebook", data);
    await vscode.window.showNotebookDocument(made);
    const rename = (document, before, name) =>
      vscode.commands.executeCommand(
        "vscode.executeDocumentRenameProvider",
        document.uri,
        after(document, before),
        name,
      );
    assert.ok(await vscode.workspace.applyEdit(await rename(made.cellAt(1).document, "sum(Pr", "cost")));
    assert.deepEqual(
      made.getCells().map((cell) => cell.document.getText()),
      [
        texts[0].replace("price", "cost"),
        '%%sql\nselect sum(cost) as total, "cost" from frame group by all',
        'frame.query("cost > 1")["cost"]',
        texts[3].replace('"field": "price"', '"field": "cost"'),
      ],
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    const sales = await open("sales.ipynb");
    const refused = rename(cellWith(sales, "where price").document, "where pr", "cost");
    await assert.rejects(async () => refused, /comes from `sales.csv`/);
  },

  async "a cell is inserted by the command that actions name"() {
    const notebook = await open("sales.ipynb");
    const { document, index } = cellWith(notebook, "where price");
    const said = { notebook: notebook.uri.toString(), after: document.uri.toString() };
    await vscode.commands.executeCommand("polycell.insertCell", { ...said, language: "sql", text: "select 1" });
    const made = notebook.cellAt(index + 1);
    assert.deepEqual([made.document.languageId, made.document.getText()], ["sql", "select 1"]);
    await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(index + 1, index + 2)));
    await vscode.commands.executeCommand("polycell.insertCell", {
      ...said,
      after: "gone:1",
      language: "sql",
      text: "",
    });
    assert.equal(notebook.cellCount, 7);
  },

  async "typing is followed"() {
    const notebook = await open("sales.ipynb");
    const { document } = cellWith(notebook, "read_csv");
    await type(document, document.lineAt(2).range.end, "\nlocal_name = sales[['region']]\nlocal_");
    await offers(document, () => document.lineAt(4).range.end, ["local_name"]);
    await erase(document, new Range(document.lineAt(2).range.end, new Position(4, 6)));
    await noProblems(document);
  },

  async "cells are inserted, moved and deleted"() {
    const notebook = await open("sales.ipynb");
    const early = cellWith(notebook, "print(late)");
    await problemAt(early.document, "late");
    const fresh = new NotebookCellData(NotebookCellKind.Code, "late = 0", "python");
    await edit(notebook, NotebookEdit.insertCells(1, [fresh]));
    await noProblems(early.document);
    await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(1, 2)));
    await problemAt(early.document, "late");
    // The user's "move up", twice: the definition comes to stand above the use.
    await vscode.window.showNotebookDocument(notebook, { selections: [new NotebookRange(5, 6)] });
    await vscode.commands.executeCommand("notebook.cell.moveUp");
    assert.equal(notebook.cellAt(4).document.getText(), "late = 1");
    await noProblems(early.document);
    await vscode.commands.executeCommand("notebook.cell.moveDown");
    await problemAt(early.document, "late");
  },

  async "a cell that is deleted takes its problems along"() {
    const notebook = await open("sales.ipynb");
    await edit(
      notebook,
      NotebookEdit.insertCells(1, [new NotebookCellData(NotebookCellKind.Code, "print(late)", "python")]),
    );
    const { document } = notebook.cellAt(1);
    await problemAt(document, "late");
    await edit(notebook, NotebookEdit.deleteCells(new NotebookRange(1, 2)));
    await noProblems(document);
  },

  async "a cell's language is changed, and changed back"() {
    const notebook = await open("sales.ipynb");
    const place = cellWith(notebook, "print(late)").index;
    const document = () => notebook.cellAt(place).document;
    await problemAt(document(), "late");
    await vscode.languages.setTextDocumentLanguage(document(), "markdown");
    await noProblems(document());
    await vscode.languages.setTextDocumentLanguage(document(), "python");
    await problemAt(document(), "late");
  },

  async "the JSON of an open notebook repeats no problem"() {
    const notebook = await open("sales.ipynb");
    await problemAt(cellWith(notebook, "print(late)").document, "late");
    const json = await vscode.workspace.openTextDocument(file("sales.ipynb"));
    await vscode.window.showTextDocument(json);
    await sleep(1_500);
    assert.deepEqual(words(json), []);
  },

  async "a percent script is a notebook, a plain script and a read-me are not"() {
    const script = await vscode.workspace.openTextDocument(file("script.py"));
    await vscode.window.showTextDocument(script);
    await problemAt(script, "late");
    await offers(script, () => after(script, 'sales["'), ["region", "price"]);
    for (const name of ["plain.py", "README.md"]) {
      const plain = await vscode.workspace.openTextDocument(file(name));
      await vscode.window.showTextDocument(plain);
      await sleep(500);
      assert.deepEqual(words(plain), [], name);
    }
  },

  async "a column taken in front of a word leaves the word"() {
    const notebook = await open("sales.ipynb");
    const { document } = cellWith(notebook, "where price");
    await type(document, after(document, "where "), "so");
    const cursor = after(document, "where so");
    const item = await until("sold_on", async () => {
      const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", document.uri, cursor);
      return list.items.find((one) => (one.label.label ?? one.label) === "sold_on");
    });
    await erase(document, new Range(after(document, "where "), cursor));
    const inserting = item.range?.inserting ?? item.range;
    assert.deepEqual(inserting.end, cursor, "what is inserted replaces nothing behind the cursor");
  },

  async "a change on disk is followed"() {
    const notebook = await open("changing.ipynb");
    const uri = file("changing.ipynb");
    await noProblems(cellWith(notebook, "print(").document);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text.replace('"early = 1"', '"other = 1"')));
    await until("the editor reads it", () => notebook.cellAt(0).document.getText().startsWith("other"));
    await problemAt(cellWith(notebook, "print(").document, "early");
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    await until("the editor reads it", () => notebook.cellAt(0).document.getText().startsWith("early"));
    await noProblems(cellWith(notebook, "print(").document);
  },

  async "a notebook that was never saved, with cells of every kind"() {
    const cells = [
      new NotebookCellData(NotebookCellKind.Markup, "# print(nothing)", "markdown"),
      new NotebookCellData(NotebookCellKind.Code, "print(later)", "python"),
      new NotebookCellData(NotebookCellKind.Code, "print(nothing)", "raw"),
      new NotebookCellData(NotebookCellKind.Code, "echo $nothing", "shellscript"),
      new NotebookCellData(NotebookCellKind.Code, "later = 1", "python"),
    ];
    const data = new vscode.NotebookData(cells);
    data.metadata = { metadata: { language_info: { name: "python" } } };
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", data);
    await vscode.window.showNotebookDocument(notebook);
    await problemAt(notebook.cellAt(1).document, "later");
    assert.deepEqual(
      notebook.getCells().map((cell) => words(cell.document).join()),
      ["", "later", "", "", ""],
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  },

  async "a notebook that is renamed, and one that is closed"() {
    await vscode.workspace.fs.copy(file("sales.ipynb"), file("copy.ipynb"));
    const before = await openByCommand("copy.ipynb");
    await problemAt(cellWith(before, "print(late)").document, "late");
    const move = new WorkspaceEdit();
    move.renameFile(file("copy.ipynb"), file("moved.ipynb"));
    assert.ok(await vscode.workspace.applyEdit(move));
    const moved = await openByCommand("moved.ipynb");
    await problemAt(cellWith(moved, "print(late)").document, "late");
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    const left = () =>
      vscode.languages.getDiagnostics().filter(([uri, all]) => all.length && /copy|moved/.test(uri.path));
    await until("no problems of closed notebooks", () => left().length === 0);
    await vscode.workspace.fs.delete(file("moved.ipynb"));
  },

  async "Polynote's cells get their languages"() {
    const notebook = await open("polynote.ipynb");
    await vscode.commands.executeCommand("polycell.setCellLanguages");
    const languages = notebook.getCells().map((cell) => cell.document.languageId);
    assert.deepEqual(languages, ["markdown", "scala", "python", "sql"]);
    assert.deepEqual(
      notebook.getCells().flatMap((cell) => words(cell.document)),
      [],
    );
  },

  async "the view tells the notebook's dependencies, declares one in its metadata, and removes one"() {
    const notebook = await open("sales.ipynb");
    await ready();
    const before = notebook.metadata;
    const row = async (state) =>
      (await extension().exports.dependencies()).find((one) => one.text === "pandas" && one.state === state);
    const missing = await until("pandas is imported", async () => (await row("missing")) ?? (await row("undeclared")));
    assert.deepEqual(missing.style, "import");
    await vscode.commands.executeCommand("polycell.declareDependency", missing);
    const declared = await until("pandas is declared", async () =>
      (await extension().exports.dependencies()).find((one) => one.text === "pandas" && one.style === "polyglot"),
    );
    assert.ok(declared.used.length > 0);
    const { polyglot, ...rest } = notebook.metadata.metadata;
    assert.deepEqual(polyglot, { dependencies: { python: ["pandas"] } });
    assert.deepEqual(rest, before.metadata);
    const more = { ...rest, polyglot: { dependencies: { python: ["pandas", "nobody-needs"] } } };
    await edit(notebook, NotebookEdit.updateNotebookMetadata({ ...notebook.metadata, metadata: more }));
    const unused = await until("one that is not used can be removed", async () =>
      (await extension().exports.dependencies()).find((one) => one.actions.some(({ name }) => name === "remove")),
    );
    assert.equal(unused.text, "nobody-needs");
    await vscode.commands.executeCommand("polycell.removeDependency", unused);
    assert.deepEqual(notebook.metadata.metadata.polyglot, polyglot);
    await edit(notebook, NotebookEdit.updateNotebookMetadata(before));
  },

  async "a setting reaches the running server"() {
    const settings = vscode.workspace.getConfiguration("polycell");
    await settings.update("python", "companion", vscode.ConfigurationTarget.Global);
    await until("companion mode", () => state().kind === "ready" && state().mode === "companion");
    await settings.update("python", undefined, vscode.ConfigurationTarget.Global);
    await until("full mode", () => state().kind === "ready" && state().mode === "full");
  },

  async "many restarts at once are few"() {
    await Promise.all([1, 2, 3, 4, 5].map(() => vscode.commands.executeCommand("polycell.restart")));
    await ready();
    await until("one server runs", () => serverProcesses().length === 1);
    const notebook = await open("sales.ipynb");
    await problemAt(cellWith(notebook, "print(late)").document, "late");
  },

  async "a server that dies comes back"() {
    const notebook = await open("sales.ipynb");
    const [before] = serverProcesses();
    process.kill(before, "SIGKILL");
    await until("another process", () => serverProcesses().some((id) => id !== before));
    await ready();
    await problemAt(cellWith(notebook, "print(late)").document, "late");
  },

  async "a missing server is a state, until it is there"() {
    const settings = vscode.workspace.getConfiguration("polycell");
    const python = settings.get("server.path");
    await settings.update("server.path", "/nowhere/polycell", vscode.ConfigurationTarget.Global);
    await until("missing", () => state().kind === "missing");
    assert.match(state().reason, /\/nowhere\/polycell/);
    await until("no server runs", () => serverProcesses().length === 0);
    await settings.update("server.path", python, vscode.ConfigurationTarget.Global);
    await ready();
  },
};

/** The ids of the servers that this extension host runs (Linux only, as is the workbench of this test). */
function serverProcesses() {
  const text = (name) => {
    try {
      return fs.readFileSync(name, "utf8");
    } catch {
      return "";
    }
  };
  const ids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parent = (id) =>
    Number(
      text(`/proc/${id}/stat`)
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  return ids
    .filter((id) => parent(id) === process.pid && text(`/proc/${id}/cmdline`).includes("polycell\0serve"))
    .map(Number);
}

exports.run = async function run() {
  const only = process.env.POLYCELL_E2E_ONLY;
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    if (only && !name.includes(only)) continue;
    const start = Date.now();
    try {
      await test();
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (problem) {
      failed += 1;
      console.log(`FAILED  ${name}: ${problem.stack ?? problem}`);
      if (state()?.kind !== "ready") break;
    }
  }
  if (failed > 0) throw new Error(`${failed} of the tests in the workbench failed`);
};
