// The in-host test: suite.cjs inside the extension host of a real workbench, with the server of this checkout.
// Where the workbench cannot be had, it says so loudly; with POLYCELL_E2E_REQUIRED=1 that is a failure.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../../../tests/e2e/tools/cache.mjs";
import { writeSamples } from "../../../tests/e2e/tools/notebooks.mjs";
import { SERVER_ENV, serverPython } from "../../../tests/e2e/tools/python.mjs";
import { runInside } from "../../../tests/e2e/vscode/inside.mjs";
import { startWorkbench } from "../../../tests/e2e/vscode/workbench.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

async function main() {
  const python = await serverPython();
  const settings = { "polycell.server.path": python, "polycell.server.env": SERVER_ENV, "polycell.logLevel": "info" };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "polycell-notebooks-"));
  writeSamples(folder);
  const workbench = await startWorkbench({ settings, forTests: true });
  try {
    const status = await runInside({
      url: workbench.url,
      folder,
      extensionFolder: path.resolve(here, "../.."),
      testFile: path.join(here, "suite.cjs"),
    });
    if (status !== 0) console.log(`the end of the log:\n${workbench.log().slice(-6_000)}`);
    return status;
  } finally {
    await workbench.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

await program(main, process.env.POLYCELL_E2E_REQUIRED ? 1 : 0);
