// Run a test file inside the extension host of a workbench, as VS Code's own remote tests do.
import { openBrowser } from "../tools/browser.mjs";

/** The exit status of `run()` in `testFile`, with the extension of `extensionFolder` loaded and `folder` open. */
export async function runInside({ url, folder, extensionFolder, testFile, timeout = 240_000 }) {
  const remote = (file) => `vscode-remote://${new URL(url).host}${file}`;
  const payload = [
    ["extensionDevelopmentPath", remote(extensionFolder)],
    ["extensionTestsPath", remote(testFile)],
    ["skipWelcome", "true"],
  ];
  const browser = await openBrowser();
  try {
    const { page } = browser;
    const finished = new Promise((resolve) => {
      setTimeout(() => resolve("the tests did not end in time"), timeout);
      void page.exposeFunction("codeAutomationExit", resolve);
    });
    await page.exposeFunction("codeAutomationLog", (type, words) => {
      // What the workbench says about itself, of its missing gallery for one, is not about us.
      const ours = /^(ok |FAILED |Error: )/.test(String(words[0]));
      if (ours || process.env.POLYCELL_E2E_CONSOLE) console.log(type === "error" ? "!" : " ", ...words);
    });
    if (process.env.POLYCELL_E2E_CONSOLE)
      page.on("console", (said) => console.log("(page)", said.text().slice(0, 300)));
    const query = new URLSearchParams({
      folder,
      payload: JSON.stringify(payload),
    });
    await page.goto(`${url}/?${query}`);
    const status = await finished;
    if (typeof status === "string") console.log(status);
    return status === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
}
