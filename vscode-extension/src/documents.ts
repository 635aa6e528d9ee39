/** Which documents are Polycell's business. */

/** A filter in the sense of `vscode.DocumentFilter`. */
export interface Filter {
  readonly scheme: string;
  readonly language?: string;
  readonly pattern?: string;
}

const SCHEMES = ["file", "untitled", "vscode-vfs"] as const;
/** Languages whose files may be notebooks: percent scripts, Databricks sources, Markdown notebooks. The server looks. */
const LANGUAGES = ["python", "sql", "scala", "r", "markdown", "quarto", "rmd"] as const;
const FILES = "**/*.{ipynb,qmd,Rmd,rmd,dib,deepnote}";

/**
 * Every cell of every notebook, markup included: the server counts cells, and needs their true places. Cells have the
 * scheme `vscode-notebook-cell` whatever the notebook's type and wherever it is stored.
 */
export function documentSelector(): Filter[] {
  return [
    { scheme: "vscode-notebook-cell" },
    ...SCHEMES.flatMap((scheme): Filter[] => [
      ...LANGUAGES.map((language) => ({ scheme, language })),
      { scheme, pattern: FILES },
    ]),
  ];
}

const BY_NAME = /\.(ipynb|qmd|rmd|dib|deepnote)$/i;
const CELL_MARK: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    python:
      /^(#\s*(%%|In\[|<codecell>|COMMAND ----------|Databricks notebook source|\/\/\/ script)|(import marimo|app = marimo\.App)\b)/m,
    sql: /^--\s*(%%|COMMAND ----------|Databricks notebook source)/m,
    scala: /^\/\/\s*(%%|COMMAND ----------|Databricks notebook source)/m,
    r: /^#\s*(%%|COMMAND ----------|Databricks notebook source)/m,
    markdown: /^(```+|~~~+)\s*\{(code-cell|[A-Za-z]+[ ,}])|^(jupyter|kernelspec):/m,
  }),
);

/** Whether a text document looks like a notebook, so that it is worth starting the server. Reads 100 kB at most. */
export function looksLikeNotebook(languageId: string, fileName: string, text: string): boolean {
  if (BY_NAME.test(fileName) || languageId === "quarto" || languageId === "rmd") return true;
  return CELL_MARK.get(languageId)?.test(text.slice(0, 100_000)) ?? false;
}
