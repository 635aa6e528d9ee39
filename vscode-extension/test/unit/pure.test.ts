import assert from "node:assert/strict";
import test from "node:test";
import { Backoff } from "../../src/backoff";
import { documentSelector, looksLikeNotebook } from "../../src/documents";
import { readLine } from "../../src/log";
import { look } from "../../src/look";
import { decideMode } from "../../src/mode";

void test("a server that dies is started again later and later, then left", () => {
  const backoff = new Backoff();
  assert.deepEqual(
    [0, 1_000, 4_000, 10_000, 30_000].map((now) => backoff.next(now)),
    [500, 2_000, 5_000, 15_000, undefined],
  );
  backoff.reset();
  assert.equal(backoff.next(31_000), 500);
});

void test("one death an hour is no reason to give up", () => {
  const backoff = new Backoff();
  for (let hour = 0; hour < 10; hour += 1) assert.equal(backoff.next(hour * 3_600_000), 500);
});

void test("mode: beside another Python server we are the companion", () => {
  const decide = (installed: string[], values: Record<string, unknown> = {}): string =>
    decideMode(
      "auto",
      (id) => installed.includes(id),
      (setting) => values[setting],
    ).mode;
  assert.equal(decide([]), "full");
  assert.equal(decide(["ms-python.python", "ms-python.vscode-pylance"]), "companion");
  assert.equal(decide(["ms-python.python", "ms-python.vscode-pylance"], { "python.languageServer": "None" }), "full");
  assert.equal(decide(["ms-python.python"], { "python.languageServer": "Jedi" }), "companion");
  assert.equal(decide(["astral-sh.ty"]), "companion");
  assert.equal(decide(["astral-sh.ty"], { "ty.disableLanguageServices": true }), "full");
  assert.equal(
    decideMode(
      "full",
      () => true,
      () => undefined,
    ).mode,
    "full",
  );
});

void test("cells are selected whatever their language, and documents that may be notebooks", () => {
  const selector = documentSelector();
  assert.ok(selector.some((filter) => filter.scheme === "vscode-notebook-cell" && !filter.language && !filter.pattern));
  assert.ok(selector.every((filter) => !["git", "output"].includes(filter.scheme)));
});

void test("what starts the server", () => {
  const yes: [string, string, string][] = [
    ["python", "a.py", "import x\n# %% [sql] -> frame\nSELECT 1"],
    ["python", "a.py", "# Databricks notebook source\nx = 1"],
    ["python", "a.py", "import marimo\n\napp = marimo.App()"],
    ["sql", "a.sql", "-- Databricks notebook source\nSELECT 1\n-- COMMAND ----------"],
    ["json", "a.ipynb", "{}"],
    ["plaintext", "A.DIB", ""],
    ["markdown", "a.md", "# Title\n\n```{code-cell} python\nx\n```"],
    ["quarto", "untitled", ""],
  ];
  for (const [language, name, text] of yes) assert.ok(looksLikeNotebook(language, name, text), `${language} ${name}`);
  const no: [string, string, string][] = [
    ["python", "a.py", "x = 1 # %% no\n"],
    ["json", "package.json", "{}"],
    ["markdown", "README.md", "# Title\n\n```python\nx\n```"],
    ["sql", "a.sql", "SELECT 1 -- COMMAND"],
    ["constructor", "a.txt", ""],
  ];
  for (const [language, name, text] of no) assert.ok(!looksLikeNotebook(language, name, text), `${language} ${name}`);
});

void test("a log line", () => {
  const warning = readLine("2026-01-31 12:00:00,123 WARNING polycell.lsp: slow", "info");
  assert.deepEqual(warning, { level: "warn", text: "polycell.lsp: slow" });
  assert.equal(readLine("Traceback (most recent call last):", "info").level, "error");
  assert.deepEqual(readLine('  File "x.py", line 1', "error"), { level: "error", text: '  File "x.py", line 1' });
  assert.equal(readLine("2026-01-31 12:00:01,000 INFO polycell: on", "error").level, "info");
  assert.deepEqual(
    readLine("2026-01-31 12:00:01,000 LOUD polycell", "info").text,
    "2026-01-31 12:00:01,000 LOUD polycell",
  );
});

void test("what the server told stays behind its item in the status bar", () => {
  const state = { kind: "ready", how: "the PATH", mode: "full", why: "nobody else" } as const;
  assert.equal(look(state)?.text, "$(check) Polycell");
  const told: unknown = look(state, ["Scala cells are served by their text alone."]);
  assert.match(JSON.stringify(told), /"\$\(info\) Polycell".*is ready[^]*\(info\) Scala cells/);
});
