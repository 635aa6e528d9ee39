// A real JupyterLab with jupyterlab-lsp and this checkout installed in one environment, on fresh data.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Unavailable, cached, run, works } from "../tools/cache.mjs";
import { installCheckout } from "../tools/python.mjs";
import { freePort, startServer } from "../tools/process.mjs";

// pandas as well: what a notebook imports and its environment lacks is a finding.
const PACKAGES = ["jupyterlab==4.6.6", "jupyterlab-lsp==5.3.0", "jupyter-lsp==2.3.1", "ipykernel", "pandas"];

/** The environment's Python. Polycell is installed as a user installs it: its entry point is all that JupyterLab gets. */
async function environment() {
  if (!works("python3", ["--version"])) throw new Unavailable("there is no python3 on the PATH");
  const folder = await cached("jupyterlab-4.6.6-pandas", (made) => {
    run("python3", ["-m", "venv", made]);
    run(path.join(made, "bin", "python"), ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  });
  const python = path.join(folder, "bin", "python");
  installCheckout(python, folder);
  return python;
}

/** Serve `folder`: `{url, home, stop()}`. */
export async function startLab(folder) {
  const python = await environment();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "polycell-jupyter-"));
  const inside = (name) => path.join(home, name);
  const env = {
    ...process.env,
    HOME: home,
    PATH: `${path.dirname(python)}${path.delimiter}${process.env.PATH}`,
    IPYTHONDIR: inside("ipython"),
    JUPYTER_CONFIG_DIR: inside("config"),
    JUPYTER_DATA_DIR: inside("data"),
    JUPYTER_RUNTIME_DIR: inside("runtime"),
    JUPYTERLAB_SETTINGS_DIR: inside("settings"),
    JUPYTERLAB_WORKSPACES_DIR: inside("workspaces"),
  };
  const quiet = inside("settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings");
  fs.mkdirSync(path.dirname(quiet), { recursive: true });
  fs.writeFileSync(quiet, JSON.stringify({ fetchNews: "false", checkForUpdates: false }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = [
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    `--port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${folder}`,
    "--IdentityProvider.token=",
    "--expose-app-in-browser",
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  ];
  const logFile = inside("jupyter.log");
  const server = await startServer(python, ["-m", "jupyterlab", ...options], {
    env,
    cwd: home,
    url: `${url}/api`,
    logFile,
  });
  return {
    url,
    log: () => fs.readFileSync(logFile, "utf8"),
    async stop() {
      await server.stop();
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
