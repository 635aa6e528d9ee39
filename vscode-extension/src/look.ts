/** The states of the server, and how each looks in the status bar. */

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

export interface Look {
  readonly text: string;
  readonly tooltip: string;
  readonly color?: string;
}

/** `notes`: what the server has told the user since its start, such as a compiler that is missing. */
export function look(state: State, notes: readonly string[] = []): Look | undefined {
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
      const told = notes.map((note) => `\n\n$(info) ${note}`).join("");
      return {
        text: `$(${told ? "info" : "check"}) Polycell`,
        tooltip: `${name} is ready, found through ${state.how}.\n\n${mode}${told}`,
      };
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
