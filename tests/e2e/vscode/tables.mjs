// A table in VS Code as a user works with it: completion, its hover, a rename over Python, SQL and Vega-Lite, actions.
import fs from "node:fs";
import path from "node:path";
import { program } from "../tools/cache.mjs";
import { cell as codeCell, notebook } from "../tools/notebooks.mjs";
import { tour, until } from "../tools/steps.mjs";
import { byHand } from "./by_hand.mjs";
import { visit } from "./visit.mjs";

const READ = 'import pandas as pd\n\nsales = pd.read_csv("sales.csv")\nsales["total"] = sales["price"] * sales["qty"]';
const CHART = `{
  "data": {"name": "totals"},
  "mark": "bar",
  "encoding": {"x": {"field": "region", "type": "nominal"}, "y": {"field": "revenue", "type": "quantitative"}}
}`;

function writeNotebooks(folder) {
  fs.writeFileSync(path.join(folder, "sales.csv"), "order_id,region,price,qty\n1,EU,2.5,3\n2,US,4.0,1\n");
  const cells = [
    codeCell("read", READ),
    codeCell("look", "sales.query(\"total > 3 and region == 'EU'\")"),
    codeCell("sums", "%%sql totals <<\nselect region, sum(total) as revenue from sales group by region"),
    codeCell("chart", CHART, { metadata: { vscode: { languageId: "vega-lite" } } }),
    codeCell("slip", 'sales.groupby("regoin")["price"].mean()'),
    codeCell("write", 'best = sales.sort_values("price")'),
  ];
  fs.writeFileSync(path.join(folder, "tables.ipynb"), notebook(cells));
}

async function walk(page, workbench, folder) {
  page.setDefaultTimeout(30_000);
  const { step, end } = tour(page, "vscode-tables");
  const hand = byHand(page);
  const { cell, cursorBehind, hoverOver, keys, leaveCell, openNotebook, pause, shown, squiggles } = hand;
  const textOf = async (word) => (await cell(word).innerText()).replace(/\u00a0/g, " ");

  await page.goto(`${workbench.url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".explorer-folders-view").first().waitFor({ timeout: 90_000 });
  await pause(1_500);

  await step(
    "a misspelt column is underlined, and nothing else",
    async () => {
      await openNotebook("tables.ipynb");
      await squiggles(cell("regoin")).first().waitFor({ timeout: 90_000 });
      await pause(1_500);
    },
    { always: true },
  );
  await step("the hover over a frame is its table", async () => {
    await hoverOver(cell('sales["total"]'), "sales");
    await shown("order_id").waitFor();
    await pause(600);
    await page.mouse.move(5, 5);
  });
  await step("the hover over a column in a query tells its lineage", async () => {
    await hoverOver(cell("sales.query"), "total");
    await shown("Lineage").waitFor();
    await pause(600);
    await page.mouse.move(5, 5);
  });
  await step("the quick fix mends the name", async () => {
    await cursorBehind(cell("regoin"), 'groupby("rego');
    await keys.press("Control+.");
    await page.getByText("Change to `region`").first().waitFor();
    await pause(400);
    await keys.press("Enter");
    await until("the text", async () => (await textOf("mean()")).includes('"region"'));
    await leaveCell();
  });
  await step("columns behind a quote", async () => {
    await cursorBehind(cell("best ="), 'sort_values("price")');
    await keys.type("[[", { delay: 80 });
    await keys.type('"', { delay: 80 });
    await hand.suggestion("order_id").waitFor();
    await pause(500);
    await hand.suggestion("qty").click();
    await until("the text", async () => (await textOf("best =")).includes('[["qty"]]'));
    await pause(400);
  });
  await step("columns with their quotes where none is written", async () => {
    await keys.press("End");
    await keys.press("Enter");
    await keys.type("sales[", { delay: 80 });
    await pause(300);
    await keys.press("Control+Space");
    await hand.suggestion('"total"').waitFor();
    await pause(600);
    await hand.suggestion('"total"').click();
    await until("the text", async () => (await textOf("best =")).includes('sales["total"]'));
    await pause(400);
    await leaveCell();
  });
  await step("one rename goes through Python, the query and SQL", async () => {
    await cursorBehind(cell("import pandas"), 'sales["tot');
    await keys.press("F2");
    const box = page.locator(".rename-box input:visible");
    await box.waitFor();
    await box.fill("amount");
    await pause(300);
    await keys.press("Enter");
    await until("Python", async () => (await textOf("import pandas")).includes('sales["amount"]'));
    await until("the query", async () => (await textOf("sales.query")).includes("amount > 3"));
    await until("SQL", async () => (await textOf("select region")).includes("sum(amount)"));
    await pause(600);
    await leaveCell();
  });
  await step("one rename goes from SQL to the chart", async () => {
    await cursorBehind(cell("select region"), "as reve");
    await keys.press("F2");
    const box = page.locator(".rename-box input:visible");
    await box.waitFor();
    await box.fill("income");
    await keys.press("Enter");
    await until("SQL", async () => (await textOf("select region")).includes("as income"));
    await until("the chart", async () => (await textOf('"mark"')).includes('"field": "income"'));
    await pause(600);
    await leaveCell();
  });
  await step("a rename of what stands in the file says why not", async () => {
    await cursorBehind(cell("mean()"), '["pri');
    await keys.press("F2");
    await pause(1_500);
  });
  await keys.press("Escape");
  await step("what can be done with a table is offered", async () => {
    await cursorBehind(cell("import pandas"), "\nsal".trim());
    await keys.press("Control+.");
    await page.getByText("Declare the columns of `sales`").first().waitFor();
    await pause(600);
    await keys.press("Escape");
    await leaveCell();
  });
  await step("nothing is underlined at the end", async () => {
    await pause(1_500);
    if ((await squiggles(page).count()) !== 0) throw new Error(`${await squiggles(page).count()} squiggles`);
  });
  return end();
}

await program(() => visit("tables", writeNotebooks, walk));
