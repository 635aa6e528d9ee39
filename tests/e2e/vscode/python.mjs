// Python cells in VS Code as a user has them: names over cells and inside of functions, libraries, layout, calls.
import fs from "node:fs";
import path from "node:path";
import { program } from "../tools/cache.mjs";
import { cell as codeCell, notebook } from "../tools/notebooks.mjs";
import { tour, until } from "../tools/steps.mjs";
import { byHand } from "./by_hand.mjs";
import { visit } from "./visit.mjs";

const SHOP = `import sys
import json

class Shop:
    def __init__(self, rate):
        self.rate = rate

    def total(self, prices):
        found = [price * self.rate for price in prices]
        return sum(found)`;
const USE = `%matplotlib inline
shop = Shop(2.5)
amount = shop.total([1, 2])
text = json.dumps({"a" : amount})`;

function writeNotebooks(folder) {
  fs.writeFileSync(path.join(folder, "shop.ipynb"), notebook([codeCell("shop", SHOP), codeCell("use", USE)]));
}

const SETTINGS = { "polycell.variableTypes": true, "polycell.argumentNames": true, "polycell.python": "full" };

async function walk(page, workbench, folder) {
  page.setDefaultTimeout(30_000);
  const { step, end } = tour(page, "vscode-python");
  const { cell, command, cursorBehind, hoverOver, keys, leaveCell, openNotebook, pause, shown } = byHand(page);
  const textOf = async (word) => (await cell(word).innerText()).replace(/\u00a0/g, " ");
  const has = (word, text) => until(`${text} in the cell of ${word}`, async () => (await textOf(word)).includes(text));

  /** Give what stands at the cursor another name. */
  async function rename(name) {
    await keys.press("F2");
    const box = page.locator(".rename-box input");
    await box.waitFor({ state: "visible" });
    await box.fill(name);
    await keys.press("Enter");
  }

  await page.goto(`${workbench.url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".explorer-folders-view").first().waitFor({ timeout: 90_000 });
  await pause(1_500);

  await step(
    "types and parameters are shown between the code",
    async () => {
      await openNotebook("shop.ipynb");
      await until("a hint of a type", async () => (await textOf("amount")).includes("text: str"), 180_000);
      await has("amount", "rate=");
    },
    { always: true },
  );
  await step("a hover tells the method of a cell above", async () => {
    await hoverOver(cell("amount"), "total");
    await shown("prices").waitFor();
    await pause(400);
    await leaveCell();
  });
  await step("a method is renamed over cells", async () => {
    await cursorBehind(cell("class Shop"), "def tot");
    await rename("price_of");
    await has("class Shop", "def price_of");
    await has("amount", "shop.price_of");
  });
  await step("a name inside of a function is renamed", async () => {
    await cursorBehind(cell("class Shop"), "return sum(fou");
    await rename("priced");
    await has("class Shop", "priced = [");
    await has("class Shop", "sum(priced)");
  });
  await step("an attribute is renamed where it is", async () => {
    await cursorBehind(cell("class Shop"), "self.ra");
    await rename("factor");
    await has("class Shop", "self.factor = rate");
    await has("class Shop", "price * self.factor");
  });
  await step("a cell is laid out", async () => {
    await cursorBehind(cell("amount"), "amount");
    await command("Format Cell");
    await has("amount", '{"a": amount}');
    await has("amount", "%matplotlib inline");
  });
  await step("imports are put in order", async () => {
    await cursorBehind(cell("class Shop"), "import sys");
    await command("Organize Imports");
    const height = async (text) =>
      (await cell("class Shop").locator(".view-line", { hasText: text }).first().boundingBox())?.y ?? Number.NaN;
    await until("imports in order", async () => (await height("import json")) < (await height("import sys")));
  });
  await step("the hierarchy of calls shows who calls a method", async () => {
    await cursorBehind(cell("class Shop"), "def price");
    await command("Calls: Show Call Hierarchy");
    await page.locator(".monaco-list-row", { hasText: "Cell 2" }).first().waitFor();
    await pause(400);
  });
  await step("a definition leads into the library", async () => {
    await leaveCell();
    await cursorBehind(cell("class Shop"), "import js");
    await keys.press("F12");
    await page.locator(".tab", { hasText: "__init__.py" }).first().waitFor({ timeout: 30_000 });
    await pause(800);
  });
  return end();
}

await program(() => visit("python", writeNotebooks, walk, SETTINGS));
