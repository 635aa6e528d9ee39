/** Changes of a notebook's structure and metadata that the server offers as actions: no edit of text can make them. */

import * as vscode from "vscode";

/** The commands that the server may name in an action; it is told at its start. */
export const CELL_COMMANDS = ["polycell.insertCell", "polycell.moveCell", "polycell.changeMetadata"] as const;

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

/** A text of a list in the metadata: appended to the list at `path`; or, where that ends with a number, put in the place
 * of the entry that is `old`, which is taken out where `value` is null. */
interface Change {
  readonly path: readonly (string | number)[];
  readonly value: string | null;
  readonly old: string;
}

interface Changes {
  readonly notebook: string;
  readonly changes: readonly Change[];
}

/** Make all changes, or none where something else stands in the place of one. */
export async function changeMetadata({ notebook: uri, changes }: Changes): Promise<void> {
  const notebook = find(uri);
  if (!notebook) return;
  // The file's metadata are nested in what VS Code keeps about a Jupyter notebook.
  const inner = isObject(notebook.metadata["metadata"]);
  let made: unknown = inner ? notebook.metadata["metadata"] : notebook.metadata;
  for (const change of changes) {
    made = changed(made, change.path, change);
    if (made === undefined) return;
  }
  const whole = inner ? { ...notebook.metadata, metadata: made } : made;
  await apply(notebook, vscode.NotebookEdit.updateNotebookMetadata(whole as Record<string, unknown>));
}

function changed(holder: unknown, path: readonly (string | number)[], change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (holder === undefined) return [change.value];
    return Array.isArray(holder) ? [...(holder as unknown[]), change.value] : undefined;
  }
  if (typeof key === "number") {
    if (!Array.isArray(holder) || holder[key] !== change.old) return undefined;
    const list = [...(holder as unknown[])];
    list.splice(key, 1, ...(change.value === null ? [] : [change.value]));
    return list;
  }
  if (holder !== undefined && !isObject(holder)) return undefined;
  const own = isObject(holder) ? holder : {};
  const inner = changed(own[key], rest, change);
  return inner === undefined ? undefined : { ...own, [key]: inner };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Show the cell of that URI in its notebook, with the range selected where one is given; or any other document. */
export async function showPlace(uri: string, range?: vscode.Range): Promise<void> {
  const wanted = vscode.Uri.parse(uri);
  const same = (cell: vscode.NotebookCell): boolean => cell.document.uri.toString() === wanted.toString();
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.getCells().some(same));
  const cell = notebook?.getCells().find(same);
  if (!notebook || !cell) {
    await vscode.window.showTextDocument(wanted, range ? { selection: range } : {});
    return;
  }
  await show(notebook, cell.index);
  if (!range) return;
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === cell.document);
  if (editor) editor.selection = new vscode.Selection(range.start, range.end);
}
