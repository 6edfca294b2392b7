import type { Ending } from './exit-code.ts';

/** What a command hands back; printed once, after it has ended. */
export interface Outcome {
  readonly ending: Ending;
  /** For `--json`: printed as one object on standard output. */
  readonly json: object;
  /** For people: lines on standard output, without the last line feed. */
  readonly text: string;
}
