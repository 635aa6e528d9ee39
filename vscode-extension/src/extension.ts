/** Activation: the commands, and what makes the server start. */

import * as vscode from "vscode";
import { changeMetadata, insertCell, moveCell, showPlace } from "./cells";
import { showChart } from "./charts";
import { Server } from "./client";
import { ACTIONS, Dependencies } from "./dependencies";
import { looksLikeNotebook } from "./documents";
import { install } from "./install";
import type { Dependency } from "./listing";
import type { State } from "./look";
import { onDidSelectPython } from "./python";
import { setCellLanguages } from "./setLanguages";
import { Status } from "./status";

let server: Server | undefined;

/** For tests inside the extension host. */
export interface Api {
  readonly state: State;
  /** What the view "Dependencies" shows, row by row. */
  dependencies(): Promise<readonly Dependency[]>;
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("Polycell", { log: true });
  const status = new Status();
  const running = new Server(status, log, vscode.Uri.joinPath(context.globalStorageUri, "run"));
  server = running;

  const dependencies = new Dependencies(running);

  const command = (name: string, run: () => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`polycell.${name}`, run);
  context.subscriptions.push(
    log,
    status,
    running,
    command("restart", () => running.restart()),
    command("showLog", () => log.show()),
    command("menu", () => status.menu()),
    command("install", () => install(running)),
    command("openSettings", () => vscode.commands.executeCommand("workbench.action.openSettings", "polycell")),
    command("setCellLanguages", setCellLanguages),
    command("showChart", () => showChart(running)),
    // Named by the server's actions; in no menu, since they say nothing without arguments.
    vscode.commands.registerCommand("polycell.insertCell", insertCell),
    vscode.commands.registerCommand("polycell.moveCell", moveCell),
    vscode.commands.registerCommand("polycell.changeMetadata", changeMetadata),
    ...dependenciesView(dependencies, status),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (["polycell", "python.languageServer"].some((name) => change.affectsConfiguration(name))) {
        void running.settingsChanged();
      }
    }),
    vscode.extensions.onDidChange(() => void running.settingsChanged()),
    ...startWithTheFirstNotebook(running),
  );
  void onDidSelectPython(() => void running.lookAgain()).then((listener) => {
    if (listener) context.subscriptions.push(listener);
  });
  return {
    get state() {
      return status.current;
    },
    dependencies: () => dependencies.getChildren(),
  };
}

export async function deactivate(): Promise<void> {
  await server?.end();
}

/** The view, what makes it look again, and what can be done in it. */
function dependenciesView(dependencies: Dependencies, status: Status): vscode.Disposable[] {
  return [
    vscode.window.registerTreeDataProvider("polycell.dependencies", dependencies),
    vscode.commands.registerCommand("polycell.refreshDependencies", dependencies.refresh),
    ...ACTIONS.map((name) =>
      vscode.commands.registerCommand(`polycell.${name}Dependency`, (row: Dependency) => dependencies.act(row, name)),
    ),
    vscode.commands.registerCommand("polycell.showDependency", showPlace),
    vscode.window.onDidChangeActiveNotebookEditor(dependencies.refresh),
    vscode.workspace.onDidChangeNotebookDocument(dependencies.refresh),
    status.onDidChange(dependencies.refresh),
  ];
}

/** A window without a notebook has no server: a Python file alone does not start one. */
function startWithTheFirstNotebook(running: Server): vscode.Disposable[] {
  const start = (): void => void running.ensure();
  const consider = (document: vscode.TextDocument): void => {
    if (looksLikeNotebook(document.languageId, document.fileName, document.getText())) start();
  };
  if (vscode.workspace.notebookDocuments.length > 0) start();
  vscode.workspace.textDocuments.forEach(consider);
  return [
    vscode.workspace.onDidOpenNotebookDocument(start),
    vscode.workspace.onDidOpenTextDocument(consider),
    vscode.workspace.onDidSaveTextDocument(consider),
  ];
}
