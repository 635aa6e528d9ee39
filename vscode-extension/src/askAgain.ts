/**
 * While the answer to a trigger character is awaited, VS Code asks nothing else, and an empty answer ends the matter. A
 * space is asked about for SQL; in `import nu`, typed before that answer came, nothing would be offered by anybody until
 * the next word. Then everybody is asked again.
 */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

export const askAgain: NonNullable<Middleware["provideCompletionItem"]> = async (
  document,
  position,
  context,
  token,
  next,
) => {
  const answer = await next(document, position, context, token);
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  const triggered = context.triggerKind === vscode.CompletionTriggerKind.TriggerCharacter;
  if (triggered && items.length === 0 && !token.isCancellationRequested) void offerWhatWasTyped(document, position);
  return answer;
};

async function offerWhatWasTyped(document: vscode.TextDocument, asked: vscode.Position): Promise<void> {
  const cursor = cursorIn(document);
  if (!cursor || !startsWord(document.lineAt(asked.line).text, asked, cursor)) return;
  const found = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    cursor,
  );
  // Words of the text around are offered in prose too, where nothing is to pop up.
  const known = found.items.some(({ kind }) => kind !== vscode.CompletionItemKind.Text);
  if (known && cursorIn(document)) await vscode.commands.executeCommand("editor.action.triggerSuggest", { auto: true });
}

function cursorIn(document: vscode.TextDocument): vscode.Position | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor?.document === document ? editor.selection.active : undefined;
}

/** Whether what lies between the place that was asked about and the cursor is the beginning of one word. */
export function startsWord(
  line: string,
  asked: Pick<vscode.Position, "line" | "character">,
  cursor: Pick<vscode.Position, "line" | "character">,
): boolean {
  return cursor.line === asked.line && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(line.slice(asked.character, cursor.character));
}
