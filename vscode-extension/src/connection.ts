/** One connection to one server process: how vscode-languageclient is set up for Polycell. */

import { createInterface } from "node:readline";
import type * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  ShowMessageNotification,
  type LanguageClientOptions,
  type Middleware,
} from "vscode-languageclient/node";
import { askAgain } from "./askAgain";
import { CELL_COMMANDS } from "./cells";
import { documentSelector } from "./documents";
import { readLine, type LineLevel } from "./log";
import type { Found } from "./server";

/** The library opens a message box for every failure; here a failure is a state and a line in the log. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}

export interface Connecting {
  readonly found: Found;
  readonly env: Readonly<Record<string, string>>;
  /** Never the workspace: Python would import a folder `polycell` from there. */
  readonly folder: string;
  readonly log: vscode.LogOutputChannel;
  readonly middleware: Middleware;
  /** What the server is told, asked for at each start and each request. */
  settings(): Record<string, unknown>;
  /** The server has something to say to the user. */
  told(message: string): void;
  /** The server went away without being asked to. */
  died(): void;
}

export function connect(options: Connecting): LanguageClient {
  const { found, log } = options;
  const clientOptions: LanguageClientOptions = {
    documentSelector: documentSelector() as vscode.DocumentFilter[] as LanguageClientOptions["documentSelector"] &
      object,
    diagnosticCollectionName: "polycell",
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: { ...options.settings(), commands: CELL_COMMANDS },
    initializationFailedHandler: () => false,
    stdioOptions: {
      stdout: () => undefined,
      stderr: (input) => {
        let level: LineLevel = "info";
        createInterface({ input, crlfDelay: Infinity }).on("line", (line) => {
          const read = readLine(line, level);
          level = read.level;
          log[level](read.text);
        });
      },
    },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      // Starting again is ours: the environment may have changed, so the server is looked for anew.
      closed: () => {
        options.died();
        return { action: CloseAction.DoNotRestart, message: "The connection to the server is closed.", handled: true };
      },
    },
    middleware: {
      provideCompletionItem: askAgain,
      ...options.middleware,
      workspace: {
        configuration: ({ items }) =>
          items.map(({ section }) => (section === "polycell" || section === undefined ? options.settings() : null)),
      },
    },
  };
  const client = new QuietClient(
    "polycell",
    "Polycell",
    {
      command: found.command,
      args: [...found.args],
      options: { cwd: options.folder, env: { PYTHONUNBUFFERED: "1", PYTHONUTF8: "1", ...options.env } },
    },
    clientOptions,
  );
  client.onNotification(ShowMessageNotification.type, ({ message }) => options.told(message));
  return client;
}
