/** Installing the server: the command is typed into a terminal, and it is the user who presses Enter. */

import * as vscode from "vscode";
import { selectedPython } from "./python";
import type { Server } from "./client";

const POLL = 3_000;
const PATIENCE = 5 * 60_000;

export async function install(server: Server): Promise<void> {
  const selected = await selectedPython(vscode.workspace.workspaceFolders?.[0]?.uri);
  const python = selected ? [selected] : (server.installTarget ?? [process.platform === "win32" ? "py" : "python3"]);
  const terminal = vscode.window.createTerminal("Install Polycell");
  terminal.show();
  terminal.sendText([...python.map(quoted), "-m", "pip", "install", "polycell"].join(" "), false);
  if (!server.isReady) await untilInstalled(server, terminal);
}

/** The server starts by itself once it is there. Looking ends with the terminal, or after some minutes. */
async function untilInstalled(server: Server, terminal: vscode.Terminal): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end && !server.isReady;) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
    await server.lookAgain();
    if (terminal.exitStatus) return;
  }
}

/** PowerShell needs `&` before a quoted program; a path without blanks needs no quotes at all. */
function quoted(word: string, place: number): string {
  if (!/\s/.test(word)) return word;
  return process.platform === "win32" && place === 0 ? `& "${word}"` : `"${word}"`;
}
