// A tour of VS Code from its beginning to its end: the packaged extension installed, notebooks written, all removed.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openBrowser } from "../tools/browser.mjs";
import { REPOSITORY, Unavailable, run } from "../tools/cache.mjs";
import { SERVER_ENV, serverPython } from "../tools/python.mjs";
import { startWorkbench } from "./workbench.mjs";

const EXTENSION = path.join(REPOSITORY, "vscode-extension");

function packageExtension(folder) {
  if (!fs.existsSync(path.join(EXTENSION, "node_modules"))) {
    throw new Unavailable("the extension's packages are not installed: run `npm ci` in vscode-extension");
  }
  const vsix = path.join(folder, "polycell.vsix");
  run("npm", ["run", "--silent", "package", "--", "--out", vsix], { cwd: EXTENSION });
  return vsix;
}

/** What `walk(page, workbench, folder)` gives, in a folder that `write(folder)` has filled; `more` are settings. */
export async function visit(name, write, walk, more = {}) {
  const python = await serverPython();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), `polycell-${name}-`));
  const folder = path.join(scratch, "notebooks");
  fs.mkdirSync(folder);
  write(folder);
  const settings = { "polycell.server.path": python, "polycell.server.env": SERVER_ENV, ...more };
  const workbench = await startWorkbench({ settings, vsix: packageExtension(scratch) });
  const browser = await openBrowser();
  try {
    return await walk(browser.page, workbench, folder);
  } finally {
    await browser.close();
    await workbench.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
