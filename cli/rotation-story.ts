import type { Entry } from '../lambda/audit/entry.ts';

/** A step that failed, as the trail tells it. */
export interface StepFailure {
  readonly step: string;
  /** The database or vault. */
  readonly subject: string;
  readonly error: string;
  /** What the function did about it, in words. */
  readonly aftermath: readonly string[];
}

/** What a person who watches a rotation is told, in the order in which it happens. */
export type Happening =
  | { readonly kind: 'step-began'; readonly step: string }
  | { readonly kind: 'step-ended'; readonly step: string }
  | { readonly kind: 'seen'; readonly text: string }
  | { readonly kind: 'step-failed'; readonly failure: StepFailure };

type Told = Pick<Entry, 'versionId' | 'step' | 'requestId' | 'event' | 'subject' | 'error'>;

/** What each event means to a person. Events without a text say nothing that another one does not. */
const TEXTS: Readonly<Record<string, (entry: Told) => string>> = {
  staged: ({ subject }) => `${subject} holds the new password`,
  changed: ({ subject }) => `${subject} was changed`,
  'change-failed': ({ subject, error = '' }) => `${subject} was not changed: ${error}`,
  proven: ({ subject }) => `${subject} accepts the new password`,
  'overlap-lost': ({ subject }) => `${subject} keeps the old password no more`,
  'login-refused': ({ subject }) => `${subject} refused a login`,
  promoted: ({ subject }) => `${subject} publishes the new password`,
  'mirror-levelled': ({ subject }) => `${subject} was brought level with AWSCURRENT`,
  'version-retired': ({ subject }) => `${subject}: an old version is to be deleted`,
};

/** What a failing step does so that the fewest people are locked out. */
const AFTERMATHS: Readonly<Record<string, (entry: Told) => string>> = {
  restored: ({ subject }) => `${subject} was set to the password that AWSCURRENT holds`,
  'restore-failed': ({ subject }) => `${subject} could NOT be taken back`,
  promoted: ({ subject }) =>
    `${subject} publishes the new password all the same, because a database takes no other`,
  'pending-removed': () => 'the new password was let go: the next rotation makes another one',
};

/** Turns the audit entries of one rotation into what is told of it. */
export class RotationStory {
  readonly #versionId: string;
  readonly #failures: StepFailure[] = [];
  /** Of the invocation that is being read. */
  readonly #aftermath = new Map<string, string[]>();
  #step: string | undefined;
  #isFailing = false;

  constructor(versionId: string) {
    this.#versionId = versionId;
  }

  get failures(): readonly StepFailure[] {
    return this.#failures;
  }

  /** The step that has begun and has not been seen to end. */
  get step(): string | undefined {
    return this.#step;
  }

  /** A step has failed, and none has begun since. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** @param entry the next one of the trail; those of other versions and of operations are passed over */
  tell(entry: Told): readonly Happening[] {
    if (entry.versionId !== this.#versionId) return [];
    const happenings = this.#turnTo(entry.step);
    if (entry.event === 'step-failed') return [...happenings, this.#fail(entry)];
    const aftermath = AFTERMATHS[entry.event]?.(entry);
    if (aftermath !== undefined && !isForward(entry)) {
      const told = this.#aftermath.get(entry.requestId) ?? [];
      this.#aftermath.set(entry.requestId, [...told, aftermath]);
      return happenings;
    }
    const text = TEXTS[entry.event]?.(entry);
    return text === undefined ? happenings : [...happenings, { kind: 'seen', text }];
  }

  /** The last step has ended too. */
  end(): readonly Happening[] {
    const step = this.#step;
    this.#step = undefined;
    return step === undefined ? [] : [{ kind: 'step-ended', step }];
  }

  #turnTo(step: string): readonly Happening[] {
    if (step === this.#step) return [];
    const ended = this.end();
    this.#isFailing = false;
    this.#step = step;
    return [...ended, { kind: 'step-began', step }];
  }

  #fail({ step, subject, error = 'Error', requestId }: Told): Happening {
    const failure = { step, subject, error, aftermath: this.#aftermath.get(requestId) ?? [] };
    this.#failures.push(failure);
    this.#isFailing = true;
    this.#step = undefined;
    return { kind: 'step-failed', failure };
  }
}

/** Only finishSecret promotes as a rotation is meant to; any other step does it to keep people from being locked out. */
function isForward({ event, step }: Told): boolean {
  return event === 'promoted' && step === 'finishSecret';
}
