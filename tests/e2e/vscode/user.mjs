// VS Code as a user has it: the packaged extension installed, everything by mouse and keyboard.
import fs from "node:fs";
import path from "node:path";
import { program } from "../tools/cache.mjs";
import { writeSamples } from "../tools/notebooks.mjs";
import { tour, until } from "../tools/steps.mjs";
import { byHand } from "./by_hand.mjs";
import { visit } from "./visit.mjs";

async function walk(page, workbench, folder) {
  const { step, end, pictures } = tour(page, "vscode");
  const {
    cell,
    clickOn,
    command,
    cursorBehind,
    hoverOver,
    keys,
    leaveCell,
    open,
    openNotebook,
    pause,
    squiggles,
    suggestion,
  } = byHand(page);
  const status = page
    .locator("#polycell\\.polycell\\.polycell\\.status, .statusbar-item", { hasText: "Polycell" })
    .first();

  await page.goto(`${workbench.url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".explorer-folders-view").first().waitFor({ timeout: 90_000 });
  await pause(1_500);

  await step(
    "open a notebook and see the use before definition",
    async () => {
      await openNotebook("sales.ipynb");
      await squiggles(cell("print(late)")).first().waitFor({ timeout: 60_000 });
      await status.waitFor();
      await pause(1_000);
    },
    { always: true },
  );
  await step("only that is underlined", async () => {
    if ((await squiggles(page).count()) !== 1) throw new Error(`${await squiggles(page).count()} squiggles`);
  });
  await step("the hover on the squiggle", async () => {
    await hoverOver(cell("print(late)"), "late");
    await page.locator(".monaco-hover:visible", { hasText: "late" }).first().waitFor();
    await pause(400);
  });
  await step("the problems panel", async () => {
    await keys.press("Control+Shift+M");
    await page.locator(".markers-panel .monaco-list-row", { hasText: "late" }).first().waitFor();
    await pause(400);
  });
  await keys.press("Control+J");
  await step("columns of a Python frame in a sql magic cell", async () => {
    await cursorBehind(cell("%%sql"), "select ");
    await keys.type(", ");
    await keys.press("ArrowLeft");
    await keys.press("ArrowLeft");
    await keys.press("Control+Space");
    await suggestion("price").waitFor();
    await suggestion("sold_on").waitFor();
    await pause(600);
  });
  await step("a column is taken with the keyboard", async () => {
    await keys.press("Escape");
    await keys.type("so", { delay: 60 });
    await suggestion("sold_on").waitFor();
    await keys.press("Tab");
    await until("the text", async () =>
      (await cell("%%sql").innerText()).replace(/\u00a0/g, " ").includes("select sold_on, region"),
    );
    await leaveCell();
  });
  await step("columns in a cell whose language is SQL, while typing", async () => {
    await cursorBehind(cell("where price"), "where ");
    await keys.type("sales.", { delay: 60 });
    await suggestion("region").waitFor();
    await pause(600);
  });
  await step("undo leaves it as it was", async () => {
    await keys.press("Escape");
    for (let i = 0; i < "sales.".length; i += 1) await keys.press("Backspace");
    await leaveCell();
  });
  await step("columns in Python behind a bracket", async () => {
    await cursorBehind(cell("read_csv"), '.csv")');
    await keys.press("Enter");
    await keys.type('sales["', { delay: 60 });
    await suggestion("region").waitFor();
    await pause(600);
  });
  await step("an unfinished line hurts no other cell", async () => {
    await keys.press("Escape");
    await pause(1_500);
    await page.screenshot({ path: path.join(pictures, "unfinished.png") });
    const others = await squiggles(page.locator(".code-cell-row").filter({ hasNotText: "read_csv" })).count();
    if (others > 1) throw new Error(`${others} squiggles elsewhere`);
    for (let i = 0; i < 3; i += 1) await keys.press("Control+Z");
    await leaveCell();
  });
  await step("the hover of a table in SQL", async () => {
    await hoverOver(cell("where price"), "sales");
    await page.locator(".monaco-hover:visible", { hasText: "region" }).first().waitFor();
    await pause(400);
  });
  await step("the definition of a table is the Python cell", async () => {
    await cursorBehind(cell("where price"), "from sal");
    await keys.press("F12");
    await page.locator(".code-cell-row .monaco-editor.focused", { hasText: "read_csv" }).waitFor();
    await leaveCell();
  });
  await step("a cell that is moved up mends the use", async () => {
    await clickOn(cell("late = 1").locator(".view-line").first());
    await leaveCell();
    await keys.press("Alt+ArrowUp");
    await until("no squiggle", async () => (await squiggles(cell("print(late)")).count()) === 0);
    await keys.press("Alt+ArrowDown");
    await squiggles(cell("print(late)")).first().waitFor();
  });
  await step("the menu of the status bar", async () => {
    await status.click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart server" }).first().waitFor();
    await pause(300);
  });
  await keys.press("Escape");
  await step("the tooltip of the status bar", async () => {
    await status.hover();
    await page.locator(".monaco-hover:visible", { hasText: "is ready" }).first().waitFor();
    await pause(400);
  });
  await step("a script with cells", async () => {
    await open("script.py");
    await page.locator(".editor-instance .squiggly-warning, .editor-instance .squiggly-error").first().waitFor();
    await pause(600);
  });
  await step("a notebook of Polynote gets its languages", async () => {
    await openNotebook("polynote.ipynb");
    await cell("val rows").waitFor();
    await command("Polycell: Set Cell Languages from the Notebook's Metadata");
    await cell("val rows").locator(".cell-status-item", { hasText: "Scala" }).waitFor();
    await pause(500);
  });
  await step("a server that is missing is said once, with what to do", async () => {
    const file = path.join(workbench.home, "server", "data", "Machine", "settings.json");
    const gone = { ...JSON.parse(fs.readFileSync(file, "utf8")), "polycell.server.path": "" };
    fs.writeFileSync(file, JSON.stringify(gone));
    await page.locator(".statusbar-item", { hasText: "not installed" }).first().waitFor();
    const toast = page.locator(".notification-toast", { hasText: "Polycell" });
    await toast.first().waitFor();
    await pause(600);
    const boxes = await toast.count();
    if (boxes > 1) throw new Error(`${boxes} messages`);
  });
  await step("the view of dependencies says so too, with a button", async () => {
    await openNotebook("sales.ipynb");
    const header = page.locator(".pane-header", { hasText: "Dependencies of the Notebook" }).first();
    if ((await header.getAttribute("aria-expanded")) !== "true") await header.click();
    await page.locator(".welcome-view .monaco-button", { hasText: "Install Polycell" }).first().waitFor();
    await pause(400);
  });
  return end();
}

await program(() => visit("user", writeSamples, walk));
