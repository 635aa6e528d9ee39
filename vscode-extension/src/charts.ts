/** The command that shows a chart: drawn by the server from what stands in the notebook, opened beside it. */

import * as vscode from "vscode";

/** What `polycell.previewChart` answers. */
export interface Drawn {
  /** Where the picture is. */
  readonly path?: string;
  /** Why there is none. */
  readonly reason?: string;
}

/** The running server, as far as charts need it. */
export interface Artist {
  /** `null` where there is no server, or it does not know the document. */
  draw(document: vscode.Uri, position: vscode.Position): Promise<Drawn | null>;
}

export async function showChart(artist: Artist): Promise<void> {
  const place = whereTheUserIs();
  const drawn = place ? await artist.draw(place.document.uri, place.position) : null;
  if (drawn?.path === undefined) {
    void vscode.window.showInformationMessage(`Polycell: ${drawn?.reason ?? "There is no chart at this place."}`);
    return;
  }
  await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(drawn.path), {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
}

interface Place {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
}

/** The cursor; in a notebook whose cells are not being edited the end of the chosen cell, whose last chart is shown. */
function whereTheUserIs(): Place | undefined {
  const notebook = vscode.window.activeNotebookEditor;
  const editor = vscode.window.activeTextEditor;
  const cells = notebook?.notebook.getCells() ?? [];
  if (editor && (!notebook || cells.some((cell) => cell.document === editor.document))) {
    return { document: editor.document, position: editor.selection.active };
  }
  const chosen = notebook && cells[notebook.selection.start];
  if (!chosen) return undefined;
  const { document } = chosen;
  return { document, position: document.lineAt(document.lineCount - 1).range.end };
}
