/** The server's log lines, as they come over standard error. */

export type LineLevel = "error" | "warn" | "info" | "debug";

const LEVELS: ReadonlyMap<string, LineLevel> = new Map(
  Object.entries({
    CRITICAL: "error",
    ERROR: "error",
    WARNING: "warn",
    INFO: "info",
    DEBUG: "debug",
  }),
);

export interface Line {
  readonly level: LineLevel;
  readonly text: string;
}

/**
 * A line of Python's logging (`2026-01-31 12:00:00,123 WARNING polycell: slow`): its level, and its text without what
 * the log of VS Code says as well. A line that names no level continues what came before it, as those of a traceback.
 */
export function readLine(line: string, before: LineLevel): Line {
  const named = /^\d{4}-\d\d-\d\d [\d:,.]+ ([A-Z]+) (.*)$/s.exec(line);
  const level = named?.[1] === undefined ? undefined : LEVELS.get(named[1]);
  if (level && named?.[2] !== undefined) return { level, text: named[2] };
  return { level: line.startsWith("Traceback ") ? "error" : before, text: line };
}
