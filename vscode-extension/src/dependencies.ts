/** The view "Dependencies" of the active notebook: what the server says about it, nothing of our own. */

import * as vscode from "vscode";
import type { CodeAction } from "vscode-languageclient/node";
import { comparedWith, shownState, type Dependency, type Listing } from "./listing";

/** What can be done about a row; each is a command of the view, shown where the server offers it. */
export const ACTIONS = ["declare", "pin", "remove"] as const;

/** The running server, as far as the view needs it. */
export interface Source {
  /** `null` where there is no server or it does not know the notebook. */
  dependencies(notebook: vscode.Uri): Promise<Listing | null>;
  carryOut(action: CodeAction): Promise<void>;
}

const WRONG = new Set(["missing", "not installed", "malformed", "other version"]);

export class Dependencies implements vscode.TreeDataProvider<Dependency> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private timer: NodeJS.Timeout | undefined;
  private listing: Pick<Listing, "interpreter" | "how"> = { interpreter: "", how: "" };

  constructor(private readonly source: Source) {}

  /** Ask again, once for many changes. */
  readonly refresh = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(undefined), 300);
  };

  async getChildren(parent?: Dependency): Promise<Dependency[]> {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (parent || !notebook) return [];
    const listing = await this.source.dependencies(notebook.uri).catch(() => null);
    if (listing) this.listing = listing;
    return [...(listing?.dependencies ?? [])];
  }

  getTreeItem(dependency: Dependency): vscode.TreeItem {
    const { text, installed, where, used, problem, uri, style, range } = dependency;
    const state = shownState(dependency.state, this.listing);
    const item = new vscode.TreeItem(text || "?");
    item.description = [problem || (state === "declared" ? "" : state), installed].filter(Boolean).join(" · ");
    const lines = [style === "import" ? "imported, not declared" : `declared in ${where}`];
    if (used.length > 0) lines.push(`imported in cell ${used.join(", ")}`);
    item.tooltip = [...lines, comparedWith(this.listing)].join("\n");
    item.iconPath = new vscode.ThemeIcon(icon(state));
    item.contextValue = dependency.actions.map(({ name }) => name).join(" ");
    const { start, end } = range ?? {};
    const place = start && end && new vscode.Range(start.line, start.character, end.line, end.character);
    if (uri) item.command = { title: "Show", command: "polycell.showDependency", arguments: [uri, place] };
    return item;
  }

  /** Do what the server offers about a dependency under that name. */
  async act(dependency: Dependency, name: string): Promise<void> {
    const offered = dependency.actions.find((one) => one.name === name);
    if (offered) await this.source.carryOut(offered.action);
  }
}

function icon(state: string): string {
  if (WRONG.has(state)) return "warning";
  return state === "ok" ? "pass" : state === "not declared" ? "question" : "package";
}
