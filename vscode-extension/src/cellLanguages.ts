/**
 * The language that a notebook's own metadata gives each cell. VS Code opens the cells of a Polynote, Snowflake,
 * SoS, Synapse or .NET notebook all in the kernel's language; these are the conventions it does not read.
 */

/** A cell as the file has it, and as VS Code has it. */
export interface CellView {
  readonly text: string;
  readonly languageId: string;
  readonly isCode: boolean;
  /** The cell's own metadata: what the file has under `metadata`. */
  readonly metadata: unknown;
}

export interface LanguageChange {
  readonly index: number;
  readonly languageId: string;
}

/** Names that hosts use for what VS Code calls otherwise; a name outside this table stands for itself, in lower case. */
const IDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: "shellscript",
    sh: "shellscript",
    shell: "shellscript",
    "c#": "csharp",
    "f#": "fsharp",
    pwsh: "powershell",
    ir: "r",
    python3: "python",
    pyspark: "python",
    sparksql: "sql",
    sparksharp: "csharp",
    sparkr: "r",
    spark: "scala",
    js: "javascript",
    viz: "json",
    vegalite: "vega-lite",
    text: "markdown",
  }),
);

/**
 * The changes that make each code cell's language what the metadata says. `file` is the notebook's text on disk, for
 * Polynote's `language` beside the metadata, which editors do not pass on; unusable text is as good as none. `known`
 * are the language ids of this window: a cell is never set to one that VS Code does not have.
 */
export function languageChanges(
  cells: readonly CellView[],
  file: string | undefined,
  known: ReadonlySet<string>,
): LanguageChange[] {
  const outer = outerLanguages(cells, file);
  return cells.flatMap((cell, index) => {
    const named = fromMetadata(cell.metadata) ?? outer[index];
    if (!cell.isCode || !named) return [];
    const lower = named.toLowerCase();
    const languageId = IDS.get(lower) ?? lower;
    return languageId !== cell.languageId && known.has(languageId) ? [{ index, languageId }] : [];
  });
}

function fromMetadata(metadata: unknown): string | undefined {
  return (
    word(metadata, "vscode", "languageId") ??
    word(metadata, "polyglot_notebook", "kernelName") ??
    word(metadata, "dotnet_interactive", "language") ??
    word(metadata, "microsoft", "language") ??
    word(metadata, "language") ??
    word(metadata, "kernel")
  );
}

/** `language` on the cell itself. Cells are taken by place, and only where the text is still the file's. */
function outerLanguages(cells: readonly CellView[], file: string | undefined): (string | undefined)[] {
  if (!file) return [];
  let read: unknown;
  try {
    read = JSON.parse(file);
  } catch {
    return [];
  }
  const inFile = value(read, "cells");
  if (!Array.isArray(inFile) || inFile.length !== cells.length) return [];
  return cells.map((cell, index) => {
    const source = value(inFile[index], "source");
    const text = Array.isArray(source) ? source.join("") : source;
    const same = typeof text === "string" && lines(text) === lines(cell.text);
    return same ? word(inFile[index], "language") : undefined;
  });
}

const lines = (text: string): string => text.replace(/\r\n?/g, "\n");

function word(where: unknown, ...keys: string[]): string | undefined {
  const found = keys.reduce(value, where);
  return typeof found === "string" && found.trim() ? found.trim() : undefined;
}

function value(where: unknown, key: string): unknown {
  return typeof where === "object" && where !== null ? (where as Record<string, unknown>)[key] : undefined;
}
