/** Letters that are typed while an empty answer is on its way, so that nobody has been asked about them. */

/** Milliseconds within which VS Code asks about letters that it does not hold back: its own delay, and the way here. */
const ITS_OWN_TURN = 150;

export interface Editing {
  /** Whether the beginning of a word has been typed behind the place that was asked about. */
  readonly typed: () => boolean;
  readonly offer: () => void;
}

export class Questions {
  private last: object | undefined;

  constructor(private readonly patience = ITS_OWN_TURN) {}

  /**
   * A question is asked. What this gives is told when its answer is empty: what was typed is offered at once where the
   * letters are there before the answer goes out; where they are not, a moment later, unless another question was asked
   * by then.
   */
  ask(): (editing: Editing) => void {
    const question = (this.last = {});
    return ({ typed, offer }) => {
      if (typed()) return offer();
      setTimeout(() => {
        if (this.last === question && typed()) offer();
      }, this.patience);
    };
  }
}

interface Place {
  readonly line: number;
  readonly character: number;
}

/** Whether what lies between the place that was asked about and the cursor is the beginning of one word. */
export function startsWord(line: string, asked: Place, cursor: Place): boolean {
  return cursor.line === asked.line && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(line.slice(asked.character, cursor.character));
}
