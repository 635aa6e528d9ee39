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

/**
 * The level that a line of Python's logging names (`2026-01-31 12:00:00,123 WARNING polycell: …`). A line without one
 * continues what came before it, as the lines of a traceback do.
 */
export function lineLevel(line: string, before: LineLevel): LineLevel {
  const named = /^\d{4}-\d\d-\d\d [\d:,.]+ ([A-Z]+) /.exec(line)?.[1];
  if (named) return LEVELS.get(named) ?? before;
  return line.startsWith("Traceback ") ? "error" : before;
}
