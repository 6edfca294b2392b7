import type { Ending } from './exit-code.ts';

export interface CommandErrorOptions {
  /** What a person should do next, without a full stop. */
  readonly remedy: string;
  /** @default 'failed' */
  readonly ending?: Exclude<Ending, 'fine'>;
  readonly cause?: unknown;
}

/** A command cannot go on. Message and remedy hold no secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly remedy: string;
  readonly ending: Exclude<Ending, 'fine'>;

  constructor(finding: string, { remedy, ending = 'failed', cause }: CommandErrorOptions) {
    super(finding, cause === undefined ? undefined : { cause });
    this.remedy = remedy;
    this.ending = ending;
  }
}
