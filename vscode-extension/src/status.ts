/** What the user sees of the server's state: one item in the status bar, and a menu behind it. */

import * as vscode from "vscode";
import { documentSelector } from "./documents";
import { look, type State } from "./look";

const LINKS = [
  "[Restart](command:polycell.restart)",
  "[Show log](command:polycell.showLog)",
  "[Settings](command:workbench.action.openSettings?%5B%22polycell%22%5D)",
];

export class Status implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<State>();
  readonly onDidChange = this.changed.event;
  private readonly item = vscode.window.createStatusBarItem("polycell.status", vscode.StatusBarAlignment.Right, 99);
  private readonly listeners: vscode.Disposable[];
  private state: State = { kind: "idle" };
  private notes: readonly string[] = [];

  constructor() {
    this.item.name = "Polycell";
    this.item.command = "polycell.menu";
    this.listeners = [
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.show()),
    ];
  }

  set(state: State): void {
    this.state = state;
    if (state.kind === "starting") this.notes = [];
    // What an empty view says depends on it.
    void vscode.commands.executeCommand("setContext", "polycell.state", state.kind);
    this.show();
    this.changed.fire(state);
  }

  /** Keep what the server tells the user: a message that pops up is gone soon. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes = [...this.notes, text];
    this.show();
  }

  get current(): State {
    return this.state;
  }

  private show(): void {
    const seen = look(this.state, this.notes);
    if (!seen || !concerned()) return this.item.hide();
    const install = this.state.kind === "missing" ? ["[Install…](command:polycell.install)"] : [];
    const tooltip = new vscode.MarkdownString(`${seen.tooltip}\n\n${[...install, ...LINKS].join(" · ")}`, true);
    tooltip.isTrusted = {
      enabledCommands: ["polycell.restart", "polycell.showLog", "polycell.install", "workbench.action.openSettings"],
    };
    this.item.text = seen.text;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = seen.color ? new vscode.ThemeColor(seen.color) : undefined;
    this.item.show();
  }

  /** The menu behind the item: what can be done in this state. */
  async menu(): Promise<void> {
    const seen = look(this.state);
    const actions: (vscode.QuickPickItem & { command: string; arguments?: unknown[] })[] = [
      ...(this.state.kind === "missing"
        ? [{ label: "$(cloud-download) Install Polycell…", command: "polycell.install" }]
        : []),
      { label: "$(refresh) Restart server", command: "polycell.restart" },
      { label: "$(output) Show log", command: "polycell.showLog" },
      {
        label: "$(symbol-keyword) Set cell languages from the notebook's metadata",
        command: "polycell.setCellLanguages",
      },
      { label: "$(gear) Settings", command: "workbench.action.openSettings", arguments: ["polycell"] },
    ];
    const placeHolder = this.notes.at(-1) ?? seen?.tooltip.split("\n")[0] ?? "Polycell has not started yet.";
    const chosen = await vscode.window.showQuickPick(actions, { placeHolder });
    if (chosen) await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
  }

  dispose(): void {
    vscode.Disposable.from(this.item, this.changed, ...this.listeners).dispose();
  }
}

/** Whether what the user looks at is Polycell's business. */
function concerned(): boolean {
  if (vscode.window.activeNotebookEditor) return true;
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && vscode.languages.match(documentSelector(), document) > 0;
}
