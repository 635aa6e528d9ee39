import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readSettings, type Settings } from "../../src/config";
import { expand, findServer, thisMachine, type Machine } from "../../src/server";

const settings = (values: Record<string, unknown> = {}): Settings => readSettings({ get: (key) => values[key] });

/** A machine with these programs, where these interpreters (joined words) have a Polycell of that version. */
function machine(programs: string[], withPolycell: Record<string, string> = {}, more: Partial<Machine> = {}): Machine {
  return {
    platform: "linux",
    env: { PATH: "/usr/local/bin:/usr/bin" },
    home: "/home/ada",
    workspaceFolder: "/home/ada/project",
    isProgram: (file) => Promise.resolve(programs.includes(file)),
    probe: (words) => Promise.resolve(withPolycell[words.join(" ")]),
    ...more,
  };
}

const SERVE = ["serve", "--log-level", "warning"];

void test("the command setting is taken as it stands", async () => {
  const found = await findServer(
    settings({ "server.command": ["${workspaceFolder}/run", "--fast"] }),
    "/venv/bin/python",
    machine([], { "/venv/bin/python": "1.0" }),
  );
  assert.equal(found.kind === "found" && found.command, "/home/ada/project/run");
  assert.deepEqual(found.kind === "found" && found.args, ["--fast"]);
});

void test("the path setting is a program, or an interpreter", async () => {
  const here = machine(["/opt/polycell", "/opt/python3.12", "/usr/bin/pc"]);
  const run = async (path: string): Promise<unknown> => {
    const found = await findServer(settings({ "server.path": path, "server.args": ["-x"] }), undefined, here);
    return found.kind === "found" ? [found.command, ...found.args] : found.reason;
  };
  assert.deepEqual(await run("/opt/polycell"), ["/opt/polycell", ...SERVE, "-x"]);
  assert.deepEqual(await run("/opt/python3.12"), ["/opt/python3.12", "-m", "polycell", ...SERVE, "-x"]);
  assert.deepEqual(await run("pc"), ["/usr/bin/pc", ...SERVE, "-x"]);
  assert.match(String(await run("/opt/gone")), /polycell\.server\.path names \/opt\/gone/);
});

void test("the selected environment goes before the PATH", async () => {
  const here = machine(["/usr/bin/polycell"], { "/venv/bin/python": "1.2.3", python3: "0.9" });
  const found = await findServer(settings(), "/venv/bin/python", here);
  assert.deepEqual(found, {
    kind: "found",
    command: "/venv/bin/python",
    args: ["-m", "polycell", ...SERVE],
    how: "the selected Python environment",
    version: "1.2.3",
  });
});

void test("an environment without Polycell: the program on the PATH, then a Python on the PATH", async () => {
  const first = await findServer(settings(), "/venv/bin/python", machine(["/usr/bin/polycell"], { python3: "0.9" }));
  assert.equal(first.kind === "found" && first.command, "/usr/bin/polycell");
  const second = await findServer(settings(), "/venv/bin/python", machine([], { python3: "0.9" }));
  assert.deepEqual(second.kind === "found" && [second.command, ...second.args], [
    "python3",
    "-m",
    "polycell",
    ...SERVE,
  ]);
});

void test("nothing found says so, and names the interpreter to install into", async () => {
  const selected = await findServer(settings(), "/venv/bin/python", machine([]));
  assert.deepEqual(selected.kind === "missing" && selected.python, ["/venv/bin/python"]);
  assert.match(selected.kind === "missing" ? selected.reason : "", /not installed .*\/venv\/bin\/python/);
  const none = await findServer(settings(), undefined, machine([]));
  assert.deepEqual(none.kind === "missing" && none.python, ["python3"]);
});

void test("Windows: endings, the launcher, and a Path of another case", async () => {
  const windows: Partial<Machine> = { platform: "win32", env: { Path: "C:\\Tools;D:\\Bin" } };
  const program = await findServer(settings(), undefined, machine(["D:\\Bin\\polycell.exe"], {}, windows));
  assert.equal(program.kind === "found" && program.command, "D:\\Bin\\polycell.exe");
  const launcher = await findServer(settings(), undefined, machine([], { "py -3": "1.0" }, windows));
  assert.deepEqual(launcher.kind === "found" && [launcher.command, ...launcher.args], [
    "py",
    "-3",
    "-m",
    "polycell",
    ...SERVE,
  ]);
});

void test("a relative entry of the PATH is not searched", async () => {
  const here = machine(["polycell", "bin/polycell"], {}, { env: { PATH: ":bin:." } });
  assert.equal((await findServer(settings(), undefined, here)).kind, "missing");
});

void test("variables in settings", () => {
  const here = { env: { TOOLS: "/t" }, home: "/home/ada", workspaceFolder: "/w" };
  assert.equal(expand("~/bin/x", here), "/home/ada/bin/x");
  assert.equal(expand("${env:TOOLS}/x:${workspaceFolder}:${userHome}", here), "/t/x:/w:/home/ada");
  assert.equal(expand("a~b ${other} ${env:NONE}", here), "a~b ${other} ");
});

void test("a real interpreter does not take a folder of the workspace for Polycell", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "polycell-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const workspace = join(folder, "workspace");
  const quiet = join(folder, "quiet");
  mkdirSync(join(workspace, "polycell"), { recursive: true });
  mkdirSync(quiet);
  writeFileSync(join(workspace, "polycell", "__init__.py"), "raise SystemExit('imported')");
  const here = thisMachine(folder, quiet, workspace);
  assert.equal(await here.isProgram(workspace), false);
  assert.equal(await here.isProgram(process.execPath), true);
  assert.equal(await here.probe([join(folder, "no-such-python")]), undefined);
  assert.equal(await here.probe([]), undefined);
});
