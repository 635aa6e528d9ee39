/**
 * While the answer to a trigger character is awaited, VS Code asks nothing else, and an empty answer ends the matter. A
 * space is asked about for SQL; in `import nu`, typed before that answer came, nothing would be offered by anybody until
 * the next word. Then everybody is asked again, also where the letters came while the answer was on its way.
 */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { Questions, startsWord } from "./heldBack";

/** Of all documents together: the window has one cursor. */
const questions = new Questions();

export const askAgain: NonNullable<Middleware["provideCompletionItem"]> = async (
  document,
  position,
  context,
  token,
  next,
) => {
  const empty = questions.ask();
  const answer = await next(document, position, context, token);
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  const triggered = context.triggerKind === vscode.CompletionTriggerKind.TriggerCharacter;
  if (triggered && items.length === 0 && !token.isCancellationRequested) {
    empty({
      typed: () => wordBehind(document, position) !== undefined,
      offer: () => void offerWhatWasTyped(document, position),
    });
  }
  return answer;
};

/** Where the cursor is, at the end of a word that was begun behind the place that was asked about. */
function wordBehind(document: vscode.TextDocument, asked: vscode.Position): vscode.Position | undefined {
  const cursor = cursorIn(document);
  if (!cursor || asked.line >= document.lineCount) return undefined;
  return startsWord(document.lineAt(asked.line).text, asked, cursor) ? cursor : undefined;
}

async function offerWhatWasTyped(document: vscode.TextDocument, asked: vscode.Position): Promise<void> {
  const cursor = wordBehind(document, asked);
  if (!cursor) return;
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
