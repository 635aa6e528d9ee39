// What a user does in a notebook of VS Code, by mouse and keyboard.

export function byHand(page) {
  const keys = page.keyboard;
  const pause = (time) => page.waitForTimeout(time);
  const cell = (text) =>
    page.locator(".notebookOverlay .cell-list-container .monaco-list-row.code-cell-row", { hasText: text }).first();
  const suggestion = (label) =>
    page.locator(".suggest-widget.visible .monaco-list-row", { has: page.getByText(label, { exact: true }) }).first();
  const squiggles = (within) => within.locator(".squiggly-warning, .squiggly-error");
  const shown = (text) => page.locator(".monaco-hover:visible", { hasText: text }).first();

  // The explorer shows a name twice when it is a prefix of another: take the row by its exact label.
  const open = (name) =>
    page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).first().dblclick();

  // A window that has just come up opens a notebook as JSON: its extensions have not said yet what they read.
  async function openNotebook(name) {
    for (let tries = 0; tries < 6; tries += 1) {
      await open(name);
      try {
        await page.locator(".notebookOverlay .code-cell-row").first().waitFor({ timeout: 8_000 });
        return;
      } catch {
        await command("View: Close Editor");
      }
    }
  }

  // The order of the palette is by use: the row with the very name is clicked.
  async function command(title) {
    await keys.press("F1");
    const box = page.locator(".quick-input-widget input.input");
    await box.waitFor({ state: "visible" });
    await box.fill(`>${title}`);
    await page
      .locator(".quick-input-list .monaco-list-row", { has: page.getByText(title, { exact: true }) })
      .first()
      .click();
    await pause(500);
  }

  // By the mouse's own coordinates: the driver's `click` scrolls the whole notebook sideways, as lines are very wide.
  async function pointAt(target, dx = 4) {
    await target.waitFor();
    const box = await target.boundingBox();
    const [x, y] = [box.x + Math.min(dx, box.width / 2), box.y + box.height / 2];
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y, { steps: 3 });
    return [x, y];
  }
  const clickOn = async (target) => page.mouse.click(...(await pointAt(target)));

  /** Put the cursor behind the first `text` of a cell's line, with the keyboard from the line's start. */
  async function cursorBehind(within, text) {
    const line = within.locator(".view-line", { hasText: text }).first();
    await clickOn(line);
    await keys.press("Home");
    await keys.press("Home");
    const content = (await line.innerText()).replace(/\u00a0/g, " ");
    const indent = content.length - content.trimStart().length;
    await keys.press("Home");
    // `Home` goes to the first letter of a line, or to its very start when it is there.
    const at = content.indexOf(text) + text.length;
    for (let i = at - indent; i > 0; i -= 1) await keys.press("ArrowRight");
  }
  async function leaveCell() {
    for (let i = 0; i < 3; i += 1) await keys.press("Escape");
    await pause(200);
  }

  /** Rest the mouse on the `place`th letter of the first `word` of a cell's line. */
  async function hoverOver(within, word, place = 1) {
    const line = within.locator(".view-line > span", { hasText: word }).first();
    const { x, y } = await line.evaluate(
      (element, [wanted, offset]) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        let left = element.textContent.replace(/\u00a0/g, " ").indexOf(wanted) + offset;
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
      },
      [word, place],
    );
    await page.mouse.move(x - 2, y);
    await page.mouse.move(x, y, { steps: 3 });
  }

  return {
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
    pointAt,
    shown,
    squiggles,
    suggestion,
  };
}
