/** Changes of a notebook's structure and metadata that the server offers as actions: no edit of text can make them. */

import * as vscode from "vscode";

/** The commands that the server may name in an action; it is told at its start. */
export const CELL_COMMANDS = ["polycell.insertCell", "polycell.moveCell", "polycell.addToMetadata"] as const;

interface Insertion {
  readonly notebook: string;
  /** URI of the cell behind which the new one goes. */
  readonly after: string;
  readonly language: string;
  readonly text: string;
}

interface Move {
  readonly notebook: string;
  readonly cell: string;
  readonly before: string;
}

/** Insert a cell, and show it. Nothing happens when the notebook or the cell is gone. */
export async function insertCell({ notebook: uri, after, language, text }: Insertion): Promise<void> {
  const notebook = find(uri);
  const place = notebook && indexOf(notebook, after);
  if (notebook === undefined || place === undefined) return;
  const known = await vscode.languages.getLanguages();
  const id = known.includes(language) ? language : "plaintext";
  const made = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, id);
  if (await apply(notebook, vscode.NotebookEdit.insertCells(place + 1, [made]))) await show(notebook, place + 1);
}

/** Move a cell to stand directly before another one; its outputs go with it. */
export async function moveCell({ notebook: uri, cell, before }: Move): Promise<void> {
  const notebook = find(uri);
  if (!notebook) return;
  const from = indexOf(notebook, cell);
  const to = indexOf(notebook, before);
  if (from === undefined || to === undefined || from === to) return;
  const old = notebook.cellAt(from);
  const made = new vscode.NotebookCellData(old.kind, old.document.getText(), old.document.languageId);
  made.outputs = [...old.outputs];
  made.metadata = old.metadata;
  if (old.executionSummary) made.executionSummary = old.executionSummary;
  const edits = [
    vscode.NotebookEdit.insertCells(to, [made]),
    vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(from, from + 1)),
  ];
  if (await apply(notebook, ...edits)) await show(notebook, from < to ? to - 1 : to);
}

function find(uri: string): vscode.NotebookDocument | undefined {
  const wanted = vscode.Uri.parse(uri).toString();
  return vscode.workspace.notebookDocuments.find((notebook) => notebook.uri.toString() === wanted);
}

function indexOf(notebook: vscode.NotebookDocument, uri: string): number | undefined {
  const wanted = vscode.Uri.parse(uri).toString();
  return notebook.getCells().find((cell) => cell.document.uri.toString() === wanted)?.index;
}

async function apply(notebook: vscode.NotebookDocument, ...edits: vscode.NotebookEdit[]): Promise<boolean> {
  const whole = new vscode.WorkspaceEdit();
  whole.set(notebook.uri, edits);
  return vscode.workspace.applyEdit(whole);
}

async function show(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  const range = new vscode.NotebookRange(index, index + 1);
  const editor = await vscode.window.showNotebookDocument(notebook, { selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

interface Addition {
  readonly notebook: string;
  readonly path: readonly string[];
  readonly value: string;
}

/** Append a text to a list in the notebook's metadata; what stands in the list's place otherwise is left alone. */
export async function addToMetadata({ notebook: uri, path, value }: Addition): Promise<void> {
  const notebook = find(uri);
  if (!notebook) return;
  // The file's metadata are nested in what VS Code keeps about a Jupyter notebook.
  const inner = isObject(notebook.metadata["metadata"]);
  const changed = appended(inner ? notebook.metadata["metadata"] : notebook.metadata, path, value);
  if (changed === undefined) return;
  const whole = inner ? { ...notebook.metadata, metadata: changed } : changed;
  await apply(notebook, vscode.NotebookEdit.updateNotebookMetadata(whole as Record<string, unknown>));
}

function appended(holder: unknown, path: readonly string[], value: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined)
    return holder === undefined ? [value] : Array.isArray(holder) ? [...(holder as unknown[]), value] : undefined;
  if (holder !== undefined && !isObject(holder)) return undefined;
  const own = isObject(holder) ? holder : {};
  const inner = appended(own[key], rest, value);
  return inner === undefined ? undefined : { ...own, [key]: inner };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Show the cell of that URI in its notebook. */
export async function showCell(uri: string): Promise<void> {
  const wanted = vscode.Uri.parse(uri).toString();
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find((one) => one.document.uri.toString() === wanted);
    if (cell) await show(notebook, cell.index);
  }
}
