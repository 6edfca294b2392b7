import type { Clock } from '../lambda/domain/time-budget.ts';

/** A stream to write to, and what is known of the terminal behind it. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** All that a command sees of the world around it. */
export interface World {
  /** What was asked for: text for people, or one JSON object. */
  readonly stdout: Output;
  /** Progress and errors. */
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start. */
  readonly folder: string;
  readonly clock: Clock;
  /** Asks the person at the terminal and resolves to the answer. Left out where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<string>;
}
