// JupyterLab as a user has it: Polycell installed beside it and nothing configured; by mouse and keyboard.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openBrowser } from "../tools/browser.mjs";
import { program } from "../tools/cache.mjs";
import { writeSamples } from "../tools/notebooks.mjs";
import { tour, until } from "../tools/steps.mjs";
import { startLab } from "./lab.mjs";

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "polycell-lab-"));
  writeSamples(folder);
  const lab = await startLab(folder);
  const browser = await openBrowser({ width: 1400, height: 1100 });
  try {
    return await walk(browser.page, lab, folder);
  } finally {
    await browser.close();
    await lab.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function walk(page, lab, folder) {
  const { step, end } = tour(page, "jupyterlab");
  const keys = page.keyboard;
  const pause = (time) => page.waitForTimeout(time);
  const cell = (text) => page.locator(".jp-Notebook .jp-CodeCell", { hasText: text }).first();
  const squiggles = (within) => within.locator(".cm-lintRange-warning, .cm-lintRange-error");
  const offered = (label) => page.locator(".jp-Completer .jp-Completer-item", { hasText: label }).first();
  // JupyterLab's own commands, where the app is exposed.
  const execute = (id) => page.evaluate((name) => globalThis.jupyterapp.commands.execute(name), id);
  const activate = (index) =>
    page.evaluate((at) => (globalThis.jupyterapp.shell.currentWidget.content.activeCellIndex = at), index);

  /** The middle of `word` in a cell, in the page's coordinates. */
  async function middleOf(within, word) {
    const line = within.locator(".cm-line", { hasText: word }).first();
    await line.scrollIntoViewIfNeeded();
    return line.evaluate((element, wanted) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let left = element.textContent.indexOf(wanted) + Math.floor(wanted.length / 2);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (left < node.data.length) {
          const range = document.createRange();
          range.setStart(node, left);
          range.setEnd(node, left + 1);
          const box = range.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
        left -= node.data.length;
      }
      throw new Error(`no ${wanted}`);
    }, word);
  }
  async function cursorBehind(within, text) {
    const line = within.locator(".cm-line", { hasText: text }).first();
    await line.click({ position: { x: 4, y: 6 } });
    await keys.press("Home");
    const content = await line.innerText();
    for (let i = content.indexOf(text) + text.length; i > 0; i -= 1) await keys.press("ArrowRight");
  }
  /** jupyterlab-lsp shows a hover while Control is held. */
  async function hover(within, word, wanted) {
    const { x, y } = await middleOf(within, word);
    await page.mouse.move(5, 5);
    await keys.down("Control");
    try {
      await page.mouse.move(x - 4, y);
      await page.mouse.move(x, y, { steps: 4 });
      await page.locator(".lsp-hover", { hasText: wanted }).first().waitFor();
      await pause(400);
    } finally {
      await keys.up("Control");
    }
  }

  await step(
    "open a notebook and see the use before definition",
    async () => {
      await page.goto(`${lab.url}/lab/tree/sales.ipynb?reset`);
      await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 90_000 });
      await squiggles(cell("print(late)")).first().waitFor({ timeout: 60_000 });
      await pause(2_500);
    },
    { always: true },
  );
  await step("only that is underlined, and no dialog is in the way", async () => {
    const count = await squiggles(page.locator(".jp-Notebook")).count();
    if (count !== 1) throw new Error(`${count} squiggles`);
    if (await page.locator(".jp-Dialog").count()) throw new Error(await page.locator(".jp-Dialog").first().innerText());
  });
  await step("columns of a Python frame in a sql magic cell", async () => {
    await cursorBehind(cell("%%sql"), "select ");
    await keys.type(", ");
    await keys.press("ArrowLeft");
    await keys.press("ArrowLeft");
    await keys.type("so", { delay: 60 });
    await keys.press("Tab");
    await until(
      "the column, offered or (as the only one) taken",
      async () =>
        (await offered("sold_on").count()) > 0 || (await cell("%%sql").innerText()).includes("select sold_on"),
    );
  });
  await step("a column is taken with the keyboard", async () => {
    if (await offered("sold_on").count()) await keys.press("Enter");
    await until("the text", async () => (await cell("%%sql").innerText()).includes("select sold_on, region"));
    await keys.press("Escape");
  });
  await step("all the columns behind an alias", async () => {
    await cursorBehind(cell("%%sql"), "group by ");
    await keys.type("sales.", { delay: 60 });
    await pause(500);
    await keys.press("Tab");
    for (const column of ["region", "price", "sold_on"]) await offered(column).waitFor();
    await pause(400);
  });
  await step("undo leaves it as it was", async () => {
    await keys.press("Escape");
    for (let i = 0; i < "sales.".length; i += 1) await keys.press("Backspace");
    await until("the text", async () => (await cell("%%sql").innerText()).includes("group by region"));
  });
  await step("columns in Python behind a bracket", async () => {
    await cursorBehind(cell("read_csv"), '.csv")');
    await keys.press("Enter");
    await keys.type('sales["', { delay: 60 });
    await pause(500);
    await keys.press("Tab");
    for (const column of ["region", "price", "sold_on"]) await offered(column).waitFor();
    await pause(400);
  });
  await step("the unfinished line is removed", async () => {
    await keys.press("Escape");
    await keys.press("End");
    await keys.press("Shift+Home");
    await keys.press("Backspace");
    await keys.press("Backspace");
    await until("one squiggle", async () => (await squiggles(page.locator(".jp-Notebook")).count()) === 1);
  });
  await step("the hover of a table in Python", () => hover(cell("read_csv"), "sales", "region"));
  await step("the hover of a table in a sql magic cell", () => hover(cell("%%sql"), "from sales".slice(5), "region"));
  await step("the hover of a column in a sql magic cell", () => hover(cell("%%sql"), "price", "double"));
  await step("a cell that is moved up mends the use", async () => {
    await activate(5);
    await execute("notebook:move-cell-up");
    await until("no squiggle", async () => (await squiggles(page.locator(".jp-Notebook")).count()) === 0);
    await execute("notebook:move-cell-down");
    await squiggles(cell("print(late)")).first().waitFor();
  });
  await step("a new cell above mends the use", async () => {
    await activate(1);
    await execute("notebook:insert-cell-below");
    await page.locator(".jp-Notebook .jp-CodeCell.jp-mod-active .cm-content").click();
    await keys.insertText("late = 0");
    await until("no squiggle", async () => (await squiggles(page.locator(".jp-Notebook")).count()) === 0);
    await execute("notebook:enter-command-mode");
    await execute("notebook:delete-cell");
    await squiggles(cell("print(late)")).first().waitFor();
  });
  await step("the panel of diagnostics", async () => {
    await execute("lsp:show-diagnostics-panel");
    await page.locator(".lsp-diagnostics-listing", { hasText: "late" }).first().waitFor();
    await pause(500);
  });
  await step("a mistake in SQL is underlined in its place, with and without arguments of the magic", async () => {
    await page.evaluate(() => globalThis.jupyterapp.commands.execute("docmanager:open", { path: "mistake.ipynb" }));
    const shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    for (const first of ["%%sql", "%%sql totals"]) {
      const within = shown.locator(".jp-CodeCell", { hasText: new RegExp(`^\\s*(\\[ \\]:)?\\s*${first}`) }).last();
      await squiggles(within).first().waitFor({ timeout: 30_000 });
      await pause(500);
      const text = await squiggles(within).allInnerTexts();
      if (text.join() !== "(") throw new Error(`${first}: ${JSON.stringify(text)}`);
    }
  });
  await step("no file is left behind", async () => {
    await execute("docmanager:save");
    await pause(1_000);
    const extra = fs.readdirSync(folder).filter((name) => name === ".virtual_documents");
    if (extra.length > 0) throw new Error(extra.join());
  });
  if (process.env.POLYCELL_E2E_CONSOLE) console.log(lab.log());
  return end();
}

await program(main);
