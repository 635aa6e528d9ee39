/**
 * A notebook file can be open twice: as a notebook, and as JSON. Both are served, each at its own places, but one list
 * of problems is enough: while the notebook is open, those of the JSON are held back.
 */

import * as vscode from "vscode";
import type { HandleDiagnosticsSignature, Middleware } from "vscode-languageclient/node";

export class Duplicates implements vscode.Disposable {
  private readonly held = new Map<
    string,
    { uri: vscode.Uri; diagnostics: vscode.Diagnostic[]; publish: HandleDiagnosticsSignature }
  >();
  private readonly listeners: vscode.Disposable[] = [
    vscode.workspace.onDidOpenNotebookDocument(({ uri }) => this.show(uri, true)),
    vscode.workspace.onDidCloseNotebookDocument(({ uri }) => this.show(uri, false)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.held.delete(uri.toString())),
  ];

  readonly handleDiagnostics: NonNullable<Middleware["handleDiagnostics"]> = (uri, diagnostics, publish) => {
    const key = uri.toString();
    if (uri.scheme !== "vscode-notebook-cell" && /\.ipynb$/i.test(uri.path)) {
      this.held.set(key, { uri, diagnostics, publish });
    }
    const isNotebook = vscode.workspace.notebookDocuments.some((notebook) => notebook.uri.toString() === key);
    publish(uri, isNotebook ? [] : diagnostics);
  };

  private show(uri: vscode.Uri, hold: boolean): void {
    const entry = this.held.get(uri.toString());
    entry?.publish(entry.uri, hold ? [] : entry.diagnostics);
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners).dispose();
    this.held.clear();
  }
}
