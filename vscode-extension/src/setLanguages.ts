/** The command that gives each cell of the open notebook the language which the notebook's metadata names. */

import * as vscode from "vscode";
import { languageChanges, type CellView } from "./cellLanguages";

export async function setCellLanguages(): Promise<void> {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (!notebook) {
    await vscode.window.showInformationMessage(
      "Open a notebook first: its cells get the languages its metadata names.",
    );
    return;
  }
  const known = new Set(await vscode.languages.getLanguages());
  const cells = notebook.getCells();
  const changes = languageChanges(cells.map(view), await onDisk(notebook.uri), known);
  let changed = 0;
  for (const { index, languageId } of changes) {
    const cell = cells[index];
    if (!cell || cell.document.isClosed) continue;
    await vscode.languages.setTextDocumentLanguage(cell.document, languageId);
    changed += 1;
  }
  const done = changed === 1 ? "One cell has" : `${changed} cells have`;
  void vscode.window.setStatusBarMessage(
    changed ? `Polycell: ${done} a new language.` : "Polycell: every cell already has the language its metadata names.",
    5_000,
  );
}

/** VS Code nests a cell's own metadata in one of two places, by age. */
function view(cell: vscode.NotebookCell): CellView {
  const outer = cell.metadata as { metadata?: unknown; custom?: { metadata?: unknown } };
  return {
    text: cell.document.getText(),
    languageId: cell.document.languageId,
    isCode: cell.kind === vscode.NotebookCellKind.Code,
    metadata: outer.metadata ?? outer.custom?.metadata ?? outer,
  };
}

async function onDisk(uri: vscode.Uri): Promise<string | undefined> {
  if (!/\.ipynb$/i.test(uri.path) || uri.scheme === "untitled") return undefined;
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
