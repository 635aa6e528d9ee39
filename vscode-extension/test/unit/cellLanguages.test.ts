import assert from "node:assert/strict";
import test from "node:test";
import { languageChanges, type CellView } from "../../src/cellLanguages";

const KNOWN = new Set(["python", "sql", "scala", "vega-lite", "shellscript", "markdown", "json", "csharp", "r"]);
const cell = (metadata: unknown, more: Partial<CellView> = {}): CellView => ({
  text: "x",
  languageId: "python",
  isCode: true,
  metadata,
  ...more,
});
const ids = (cells: CellView[], file?: string): [number, string][] =>
  languageChanges(cells, file, KNOWN).map(({ index, languageId }) => [index, languageId]);

void test("each host's place in the metadata", () => {
  const cells = [
    cell({ language: "scala" }),
    cell({ vscode: { languageId: "sql" } }),
    cell({ polyglot_notebook: { kernelName: "csharp" } }),
    cell({ dotnet_interactive: { language: "sql" } }),
    cell({ microsoft: { language: "sparksql" } }),
    cell({ kernel: "Bash" }),
    cell({ language: "python" }),
    cell({ tags: ["parameters"] }),
  ];
  assert.deepEqual(ids(cells), [
    [0, "scala"],
    [1, "sql"],
    [2, "csharp"],
    [3, "sql"],
    [4, "sql"],
    [5, "shellscript"],
  ]);
});

void test("markup stays markup, and a language that the window lacks is left", () => {
  assert.deepEqual(ids([cell({ language: "scala" }, { isCode: false }), cell({ kernel: "SoS" }), cell(null)]), []);
});

void test("Polynote writes the language beside the metadata: from the file, where cell and file agree", () => {
  const file = JSON.stringify({
    cells: [
      { cell_type: "code", language: "scala", source: ["val a = 1\n", "a"] },
      { cell_type: "code", language: "sql", source: "select 1" },
      { cell_type: "code", language: "vega-lite", source: "edited since" },
    ],
  });
  const cells = [cell({}, { text: "val a = 1\r\na" }), cell({}, { text: "select 1" }), cell({}, { text: "another" })];
  assert.deepEqual(ids(cells, file), [
    [0, "scala"],
    [1, "sql"],
  ]);
  assert.deepEqual(ids(cells.slice(1), file), [], "another number of cells");
});

void test("files that are no notebooks", () => {
  for (const file of [
    "",
    "{",
    "null",
    "[]",
    '{"cells": 1}',
    '{"cells": [1]}',
    '{"cells": [{"source": [1], "language": 2}]}',
  ]) {
    assert.deepEqual(ids([cell({})], file), []);
  }
});
