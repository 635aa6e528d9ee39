/** What the server says about a notebook's dependencies, and the words in which people are told. */

import type { CodeAction, Range } from "vscode-languageclient/node";

/** What `polycell/dependencies` answers, as far as it is shown. */
export interface Listing {
  /** The path of the Python that the notebook's dependencies are compared with; empty where none is known. */
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
  readonly range: Range | null;
  readonly actions: readonly { readonly name: string; readonly action: CodeAction }[];
}

type Compared = Pick<Listing, "interpreter" | "how">;

/** What is imported and not declared is missing only from an environment that has been looked at. */
export function shownState(state: string, listing: Compared): string {
  return state === "undeclared" || (state === "missing" && !listing.interpreter) ? "not declared" : state;
}

export function comparedWith({ interpreter, how }: Compared): string {
  return interpreter
    ? `compared with ${interpreter} (${how.replaceAll("`", "")})`
    : "no Python is known to compare with: select one, or set polycell.interpreter";
}
