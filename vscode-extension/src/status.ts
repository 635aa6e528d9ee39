/** What the user sees of the server's state: one item in the status bar, and a menu behind it. */

import * as vscode from "vscode";
import { documentSelector } from "./documents";

export type State =
  | { readonly kind: "idle" }
  | { readonly kind: "starting" }
  | {
      readonly kind: "ready";
      readonly how: string;
      readonly version?: string;
      readonly mode: string;
      readonly why: string;
    }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

interface Look {
  readonly text: string;
  readonly tooltip: string;
  readonly color?: string;
}

export function look(state: State): Look | undefined {
  switch (state.kind) {
    case "idle":
      return undefined;
    case "starting":
      return { text: "$(loading~spin) Polycell", tooltip: "Polycell is starting." };
    case "ready": {
      const name = state.version ? `Polycell ${state.version}` : "Polycell";
      const mode =
        state.mode === "companion"
          ? `Companion mode (${state.why}): table columns, other languages and notebook rules.`
          : `Full mode (${state.why}).`;
      return { text: "$(check) Polycell", tooltip: `${name} is ready, found through ${state.how}.\n\n${mode}` };
    }
    case "missing":
      return {
        text: "$(warning) Polycell: not installed",
        tooltip: `${state.reason}\n\n\`pip install polycell\` in the notebook's environment, then it starts by itself.`,
        color: "statusBarItem.warningBackground",
      };
    case "failed":
      return {
        text: "$(error) Polycell: stopped",
        tooltip: state.reason,
        color: "statusBarItem.errorBackground",
      };
  }
}

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
    // What an empty view says depends on it.
    void vscode.commands.executeCommand("setContext", "polycell.state", state.kind);
    this.show();
    this.changed.fire(state);
  }

  get current(): State {
    return this.state;
  }

  private show(): void {
    const seen = look(this.state);
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
    const placeHolder = seen?.tooltip.split("\n")[0] ?? "Polycell has not started yet.";
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
