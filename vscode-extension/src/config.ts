/** The extension's settings as plain data. What VS Code hands over is checked here and nowhere else. */

export type Mode = "auto" | "full" | "companion";
export type LogLevel = "error" | "warning" | "info" | "debug";

export interface Settings {
  /** The `polycell` program, or a Python interpreter that has Polycell; empty: look for one. */
  readonly path: string;
  /** The whole command line; replaces everything else when it is not empty. */
  readonly command: readonly string[];
  /** Further arguments for `polycell serve`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What is answered in Python cells; `auto` is decided by `mode.ts`. */
  readonly mode: Mode;
  readonly logLevel: LogLevel;
}

/** The part of `vscode.WorkspaceConfiguration` that is needed. */
export interface Section {
  get(key: string): unknown;
}

const MODES: readonly Mode[] = ["auto", "full", "companion"];
const LEVELS: readonly LogLevel[] = ["error", "warning", "info", "debug"];
/** Keys under `polycell` that are about starting the server, and so are not sent to it. */
const OURS = new Set(["server", "trace", "python"]);

export function readSettings(section: Section): Settings {
  return {
    path: text(section.get("server.path")),
    command: texts(section.get("server.command")),
    args: texts(section.get("server.args")),
    env: environment(section.get("server.env")),
    mode: oneOf(MODES, section.get("python")),
    logLevel: oneOf(LEVELS, section.get("logLevel"), "warning"),
  };
}

/**
 * What the server is told, at its start and after a change: every setting but ours, with the mode decided, and the
 * Python that is selected in this window where no setting names one.
 */
export function serverSettings(
  all: Readonly<Record<string, unknown>>,
  mode: Exclude<Mode, "auto">,
  selectedPython?: string,
): Record<string, unknown> {
  const theirs = Object.entries(all).filter(([key, value]) => !OURS.has(key) && typeof value !== "function");
  const told = JSON.parse(JSON.stringify(Object.fromEntries(theirs))) as Record<string, unknown>;
  const interpreter = text(told["interpreter"]) || selectedPython;
  return { ...told, ...(interpreter ? { interpreter } : {}), python: mode };
}

/** Whether a change needs another process; any other change is only told to the running one. */
export function needsRestart(before: Settings, after: Settings): boolean {
  const starting = ({ path, command, args, env }: Settings): string => JSON.stringify([path, command, args, env]);
  return starting(before) !== starting(after);
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function environment(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const usable = Object.entries(value).filter(([, item]) => ["string", "number", "boolean"].includes(typeof item));
  return Object.fromEntries(usable.map(([key, item]) => [key, String(item)]));
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, otherwise: T = allowed[0] as T): T {
  return allowed.find((item) => item === value) ?? otherwise;
}
