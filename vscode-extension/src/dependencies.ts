/** The view "Dependencies" of the active notebook: what the server says about it, nothing of our own. */

import * as vscode from "vscode";

/** What `polycell/dependencies` answers, as far as it is shown. */
export interface Listing {
  readonly interpreter: string;
  readonly how: string;
  readonly dependencies: readonly Dependency[];
}

export interface Dependency {
  readonly ecosystem: string;
  readonly text: string;
  readonly style: string;
  readonly where: string;
  readonly state: string;
  readonly installed: string;
  readonly used: readonly number[];
  readonly problem: string;
  readonly uri: string | null;
  readonly actions: readonly { readonly title: string; readonly command: string; readonly arguments: unknown[] }[];
}

const WRONG = new Set(["missing", "not installed", "malformed", "other version"]);

/** `ask` is answered by the server, or with `null` where there is none or it does not know the notebook. */
export class Dependencies implements vscode.TreeDataProvider<Dependency> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ask: (notebook: vscode.Uri) => Promise<Listing | null>) {}

  /** Ask again, once for many changes. */
  readonly refresh = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(undefined), 300);
  };

  async getChildren(parent?: Dependency): Promise<Dependency[]> {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (parent || !notebook) return [];
    const listing = await this.ask(notebook.uri).catch(() => null);
    return [...(listing?.dependencies ?? [])];
  }

  getTreeItem(dependency: Dependency): vscode.TreeItem {
    const { text, state, installed, where, used, problem, uri, style } = dependency;
    const item = new vscode.TreeItem(text || "?");
    item.description = [problem || (state === "declared" ? "" : state), installed].filter(Boolean).join(" · ");
    const lines = [style === "import" ? "imported, not declared" : `declared in ${where}`];
    if (used.length > 0) lines.push(`imported in cell ${used.join(", ")}`);
    item.tooltip = lines.join("\n");
    item.iconPath = new vscode.ThemeIcon(icon(state));
    item.contextValue = dependency.actions.length > 0 ? "declarable" : "";
    if (uri) item.command = { title: "Show", command: "polycell.showDependency", arguments: [uri] };
    return item;
  }

  /** Do what the server offers about a dependency. */
  readonly declare = async (dependency: Dependency): Promise<void> => {
    const action = dependency.actions[0];
    if (action) await vscode.commands.executeCommand(action.command, ...action.arguments);
  };
}

function icon(state: string): string {
  if (WRONG.has(state)) return "warning";
  return state === "ok" ? "pass" : state === "undeclared" ? "question" : "package";
}
