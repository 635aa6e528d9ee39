// Charts in VS Code as a user makes them: Vega-Lite under a Python frame and a SQL cell.
import fs from "node:fs";
import path from "node:path";
import { program } from "../tools/cache.mjs";
import { cell as codeCell, notebook } from "../tools/notebooks.mjs";
import { tour, until } from "../tools/steps.mjs";
import { byHand } from "./by_hand.mjs";
import { visit } from "./visit.mjs";

const FRAME =
  'import pandas as pd\n\nsales = pd.DataFrame({"region": ["north", "south", "north"], "price": [2.5, 4.0, 3.0],\n' +
  '                      "sold_on": pd.to_datetime(["2026-01-31", "2026-02-01", "2026-02-02"])})';
const BEHIND_TWO = `{
  "data": {"name": "totals"},
  "transform": [
    {"calculate": "datum.total * 2", "as": "twice"},
    {"aggregate": [{"op": "mean", "field": "twice", "as": "average"}], "groupby": ["region"]}
  ],
  "mark": "bar",
  "encoding": {
    "x": {"field": "regoin", "type": "nominal"},
    "y": {"field": "average"}
  }
}`;
const DRAWN = `{
  "data": {"name": "sales"},
  "mark": "bar",
  "encoding": {"x": {"field": "region", "type": "nominal"}, "y": {"aggregate": "sum", "field": "price"}}
}`;
function writeNotebooks(folder) {
  const vega = (id, text) => codeCell(id, text, { metadata: { vscode: { languageId: "vega-lite" } } });
  const jupyter = [
    codeCell("frame", FRAME),
    codeCell("sums", "%%sql totals <<\nselect region, sum(price) as total from sales group by region"),
    vega("chart", BEHIND_TWO),
    vega("drawn", DRAWN),
  ];
  fs.writeFileSync(path.join(folder, "charts.ipynb"), notebook(jupyter));
}

async function walk(page, workbench, folder) {
  page.setDefaultTimeout(30_000);
  const { step, end } = tour(page, "vscode-charts");
  const hand = byHand(page);
  const { cell, command, cursorBehind, hoverOver, keys, leaveCell, openNotebook, pause, shown, squiggles } = hand;
  const textOf = async (word) => (await cell(word).innerText()).replace(/\u00a0/g, " ");
  const labels = async () =>
    page.locator(".suggest-widget.visible .monaco-list-row").evaluateAll((rows) => rows.map((row) => row.ariaLabel));
  /** The labels of what is offered for `text` typed behind `place`; nothing stays of it. */
  async function offered(within, place, text, wanted) {
    await cursorBehind(within, place);
    if (text) await keys.type(text, { delay: 60 });
    await keys.press("Control+Space");
    await hand.suggestion(wanted).waitFor();
    const found = await labels();
    await pause(300);
    await keys.press("Escape");
    for (let i = 0; i < text.length; i += 1) await keys.press("Control+Z");
    return found.map((label) => label.split(",")[0]);
  }

  await page.goto(`${workbench.url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".explorer-folders-view").first().waitFor({ timeout: 90_000 });
  await pause(1_500);

  await step(
    "a misspelt field behind two transforms is underlined, and nothing else",
    async () => {
      await openNotebook("charts.ipynb");
      await squiggles(cell("regoin")).first().waitFor({ timeout: 90_000 });
      await pause(1_000);
      if ((await squiggles(page).count()) !== 1) throw new Error(`${await squiggles(page).count()} squiggles`);
    },
    { always: true },
  );
  await step("its hover says which field was meant", async () => {
    await hoverOver(cell("regoin"), "regoin");
    await shown("region").waitFor();
    await pause(400);
  });
  await step("the fields are those behind the transforms", async () => {
    await cursorBehind(cell("regoin"), '"y": {"field": "average');
    for (let i = 0; i < "average".length; i += 1) await keys.press("Backspace");
    await keys.press("Control+Space");
    await hand.suggestion("average").waitFor();
    const found = (await labels()).join(" ");
    await pause(400);
    if (!found.includes("region") || found.includes("total") || found.includes("price")) throw new Error(found);
    await keys.press("Escape");
    await keys.type("average");
    await keys.press("Escape");
    await leaveCell();
  });
  await step("the quick fix mends it", async () => {
    await cursorBehind(cell("regoin"), '"x": {"field": "rego');
    await keys.press("Control+.");
    await page.getByText("Change to `region`").first().waitFor();
    await pause(400);
    await keys.press("Enter");
    await until("the text", async () => (await textOf("twice")).includes('"region", "type"'));
    await until("no squiggle", async () => (await squiggles(page).count()) === 0);
    await leaveCell();
  });
  await step("keys, marks and channels are completed", async () => {
    const chart = cell("twice");
    const marks = await offered(chart, '"mark": "', "", "bar");
    if (!marks.includes("area")) throw new Error(marks.join(" "));
    const channels = await offered(chart, '"encoding": {', '"', "color");
    const keysThere = await offered(chart, '"mark": "bar",', ' "', "title");
    console.log(`        ${channels.slice(0, 6).join(" ")} | ${keysThere.slice(0, 6).join(" ")}`);
    await leaveCell();
  });
  await step("the hover over a mark draws the chart", async () => {
    // A picture that takes long is there for the next hover.
    for (let tries = 0; tries < 4; tries += 1) {
      await hoverOver(cell('"name": "sales"'), "mark");
      if (
        await page
          .locator(".monaco-hover:visible img")
          .first()
          .waitFor()
          .then(
            () => true,
            () => false,
          )
      )
        break;
      await page.mouse.move(5, 5);
      await pause(1_000);
    }
    await page.locator(".monaco-hover:visible img").first().waitFor();
    await pause(1_000);
  });
  await step("the command shows the chart", async () => {
    await cursorBehind(cell('"name": "sales"'), '"mark');
    await command("Polycell: Show This Chart");
    await page.locator(".image-container img, .webview.ready, iframe.webview").first().waitFor({ timeout: 30_000 });
    await pause(2_500);
  });
  return end();
}

await program(() => visit("charts", writeNotebooks, walk));
