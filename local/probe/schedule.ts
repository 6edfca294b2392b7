/** The moment at which one of the applications connects. */
export interface Tick {
  /** Which application, counted from 0. */
  readonly application: number;
  readonly dueMs: number;
}

/**
 * An open loop: the ticks of every application are a fixed time apart, whatever becomes of the attempts. A closed loop
 * would try less often just while logins are slow, and so count too little (databases.md 5, coordinated omission).
 *
 * The applications take turns within an interval, so that they do not all connect at once.
 */
export class Schedule {
  readonly #startMs: number;
  readonly #applications: number;
  readonly #spacingMs: number;
  #next = 0;

  constructor({
    startMs,
    intervalMs,
    applications,
  }: {
    readonly startMs: number;
    readonly intervalMs: number;
    readonly applications: number;
  }) {
    this.#startMs = startMs;
    this.#applications = applications;
    this.#spacingMs = intervalMs / applications;
  }

  get nextDueMs(): number {
    return this.#startMs + this.#next * this.#spacingMs;
  }

  /** All ticks that are due and were not taken yet, those that the process was late for included. */
  takeDue(nowMs: number): readonly Tick[] {
    const ticks: Tick[] = [];
    for (; this.nextDueMs <= nowMs; this.#next += 1) {
      ticks.push({ application: this.#next % this.#applications, dueMs: this.nextDueMs });
    }
    return ticks;
  }
}
