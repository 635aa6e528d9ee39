import assert from "node:assert/strict";
import test from "node:test";
import { needsRestart, readSettings, serverSettings } from "../../src/config";

const read = (values: Record<string, unknown>): ReturnType<typeof readSettings> =>
  readSettings({ get: (key) => values[key] });

void test("nothing set", () => {
  assert.deepEqual(read({}), { path: "", command: [], args: [], env: {}, mode: "auto", logLevel: "warning" });
});

void test("values of the wrong kind are as good as none", () => {
  const odd = read({
    "server.path": 7,
    "server.command": "polycell serve",
    "server.args": ["a", 1, null],
    "server.env": { A: 1, B: "b", C: null, D: { e: 1 } },
    python: "partial",
    logLevel: ["debug"],
  });
  assert.deepEqual(odd, {
    path: "",
    command: [],
    args: ["a"],
    env: { A: "1", B: "b" },
    mode: "auto",
    logLevel: "warning",
  });
});

void test("the server is told everything but how it is started", () => {
  const all = {
    server: { path: "x" },
    trace: { server: "messages" },
    python: "auto",
    rules: { order: false },
    get: () => 1,
  };
  assert.deepEqual(serverSettings(all, "companion"), { rules: { order: false }, python: "companion" });
});

void test("the selected Python runs the notebooks, unless a setting names another", () => {
  assert.deepEqual(serverSettings({ interpreter: "" }, "full", "/env/bin/python"), {
    interpreter: "/env/bin/python",
    python: "full",
  });
  assert.deepEqual(serverSettings({ interpreter: "/own" }, "full", "/env/bin/python"), {
    interpreter: "/own",
    python: "full",
  });
});

void test("only what starts a process needs another one", () => {
  assert.equal(needsRestart(read({}), read({ python: "full", logLevel: "debug" })), false);
  assert.equal(needsRestart(read({}), read({ "server.env": { A: "1" } })), true);
});
