/** When a server that died is started again: at once, then later and later, and not at all after too many times. */

const WINDOW = 3 * 60_000;
const DELAYS = [500, 2_000, 5_000, 15_000] as const;

export class Backoff {
  private deaths: number[] = [];

  /** Milliseconds to wait before the next start; `undefined`: leave it. `now` in milliseconds. */
  next(now: number): number | undefined {
    this.deaths = [...this.deaths.filter((time) => now - time < WINDOW), now];
    return DELAYS[this.deaths.length - 1];
  }

  /** The user asked for a start: the past is forgotten. */
  reset(): void {
    this.deaths = [];
  }
}
