import type { Entry } from '../../lambda/audit/entry.ts';
import { NO_VERSION } from '../../lambda/domain/step.ts';

/** How a rotation ended. */
export type Outcome =
  /** AWSCURRENT moved in finishSecret. */
  | 'succeeded'
  /** AWSCURRENT moved in an earlier step: a database could not be taken back, so the step went forward. */
  | 'rolled-forward'
  /** Databases were set back to AWSCURRENT, and no later attempt went on. */
  | 'taken-back'
  /** A database refuses the password by policy: AWSPENDING was removed, the next rotation has another. */
  | 'given-up'
  /** The last attempt failed. */
  | 'failed'
  /** Every login was proven and nothing was to change: the service's test of its configuration. */
  | 'tested'
  /** No entry says how it ended: it is under way, or its function died. */
  | 'unfinished';

/** One call of the function: a step of a rotation, or an operation between rotations. */
export interface Attempt {
  readonly step: string;
  readonly requestId: string;
  readonly functionVersion: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly entries: readonly Entry[];
  /** The entry of its failure, if it failed. */
  readonly failure: Entry | undefined;
}

export interface Rotation {
  readonly versionId: string;
  /** Times of its first and last entry. An entry says that something has happened: what came before it took time too. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
  /** When AWSCURRENT moved, if it did. */
  readonly promotedMs: number | undefined;
  /** In the order of their first entries. */
  readonly attempts: readonly Attempt[];
  /** Databases and vaults, in the order in which they appear. */
  readonly subjects: readonly string[];
}

export interface History {
  /** Oldest first. */
  readonly rotations: readonly Rotation[];
  /** What was done between rotations: revoke, retire and their like. */
  readonly operations: readonly Attempt[];
}

/**
 * What a trail says of each rotation.
 *
 * @param entries of one rotation's trail, oldest first
 * @param leadingVault the name of the vault whose promotion is the commit
 */
export function historyOf(entries: readonly Entry[], leadingVault: string): History {
  const byVersion = groupedBy(entries, ({ versionId }) => versionId);
  const operations = attemptsOf(byVersion.get(NO_VERSION) ?? []);
  byVersion.delete(NO_VERSION);
  const rotations = [...byVersion].map(([versionId, own]) =>
    rotationOf(versionId, own, leadingVault),
  );
  return { rotations, operations };
}

function rotationOf(versionId: string, entries: readonly Entry[], leadingVault: string): Rotation {
  const promotion = entries.find(
    ({ event, subject }) => event === 'promoted' && subject === leadingVault,
  );
  return {
    versionId,
    startedMs: timeOf(entries[0]),
    endedMs: timeOf(entries.at(-1)),
    outcome: outcomeOf(entries, promotion),
    promotedMs: promotion === undefined ? undefined : timeOf(promotion),
    attempts: attemptsOf(entries),
    subjects: [...new Set(entries.map(({ subject }) => subject))],
  };
}

function outcomeOf(entries: readonly Entry[], promotion: Entry | undefined): Outcome {
  if (promotion !== undefined) {
    return promotion.step === 'finishSecret' ? 'succeeded' : 'rolled-forward';
  }
  const has = (event: string): boolean => entries.some((entry) => entry.event === event);
  if (has('pending-removed')) return 'given-up';
  if (entries.at(-1)?.event !== 'step-failed') return isTest(entries) ? 'tested' : 'unfinished';
  return lastAttemptRestored(entries) ? 'taken-back' : 'failed';
}

function isTest(entries: readonly Entry[]): boolean {
  return entries.every(({ step, event }) => step === 'testSecret' && event === 'proven');
}

/** A retry may have changed the databases again after an earlier attempt took them back. */
function lastAttemptRestored(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({ event }) => event === 'restored' || event === 'changed');
  return last?.event === 'restored';
}

function attemptsOf(entries: readonly Entry[]): readonly Attempt[] {
  const calls = groupedBy(entries, ({ requestId, step }) => `${requestId} ${step}`);
  return [...calls.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { step, requestId, functionVersion } = first;
    return {
      step,
      requestId,
      functionVersion,
      startedMs: timeOf(first),
      endedMs: timeOf(own.at(-1)),
      entries: own,
      failure: own.find(({ event }) => event === 'step-failed'),
    };
  });
}

function timeOf(entry: Entry | undefined): number {
  return Date.parse(entry?.time ?? '');
}

/** In the order in which the groups begin. */
function groupedBy(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}
