import { notFound, OciServiceError } from './service-error.ts';

export const STAGES = ['CURRENT', 'PENDING', 'LATEST', 'PREVIOUS', 'DEPRECATED'] as const;
export type Stage = (typeof STAGES)[number];

/** What a version is to the rotation. LATEST is no such state: the newest version has it on top of its own. */
export type RotationState = Exclude<Stage, 'LATEST'>;

/** "30 versions in active use + 30 versions pending deletion" (OCI documentation, Secret Versions). */
export const ACTIVE_VERSIONS_MAX = 30;
export const PENDING_DELETION_VERSIONS_MAX = 30;

/** One version as it stands at some instant. `content` is base64. */
export interface SecretVersion {
  readonly number: number;
  readonly name: string | undefined;
  readonly content: string;
  readonly stages: readonly Stage[];
  readonly createdMs: number;
  readonly deletionMs: number | undefined;
}

interface VersionRecord {
  readonly number: number;
  readonly name: string | undefined;
  readonly content: string;
  readonly createdMs: number;
  readonly states: { readonly state: RotationState; readonly sinceMs: number }[];
  deletionMs: number | undefined;
}

/**
 * The versions of one secret and the stages they are in. Pure: every instant comes in as `nowMs`, which never
 * runs backwards.
 *
 * Rules, from the OCI API reference (SecretVersion.stages, SecretContentDetails.stage) unless said otherwise:
 * - numbers start at 1 and rise by 1; the newest version is LATEST, whatever else it is;
 * - a version uploaded as CURRENT, or promoted, makes the old CURRENT PREVIOUS and the old PREVIOUS DEPRECATED;
 * - a version uploaded as PENDING makes an earlier PENDING DEPRECATED (measured by a public OCI rotator);
 * - any version may be promoted by its number, an older one too: that is a rollback;
 * - only DEPRECATED versions may be scheduled for deletion.
 *
 * Every state is kept with the instant it began, so that a lagging reader can be shown an earlier view.
 */
export class SecretVersions {
  readonly #records: VersionRecord[] = [];

  add(
    version: {
      readonly name?: string | undefined;
      readonly content: string;
      readonly stage: 'CURRENT' | 'PENDING';
    },
    nowMs: number,
  ): void {
    if (this.#countActive() >= ACTIVE_VERSIONS_MAX) throw tooMany('in active use');
    const record: VersionRecord = {
      number: this.#records.length + 1,
      name: version.name,
      content: version.content,
      createdMs: nowMs,
      states: [],
      deletionMs: undefined,
    };
    if (version.stage === 'CURRENT') this.#makeCurrent(record, nowMs);
    else {
      enter(this.#holderOf('PENDING'), 'DEPRECATED', nowMs);
      enter(record, 'PENDING', nowMs);
    }
    this.#records.push(record);
  }

  /** Makes version `number` CURRENT; nothing changes if it is already (OCI does not document that case). */
  promote(number: number, nowMs: number): void {
    const record = this.#existing(number, nowMs);
    if (record.deletionMs !== undefined) {
      // Not documented by OCI; the stricter of the two answers it could give.
      throw new OciServiceError('IncorrectState', `version ${number} is scheduled for deletion`);
    }
    if (stateOf(record) !== 'CURRENT') this.#makeCurrent(record, nowMs);
  }

  scheduleDeletion(
    number: number,
    when: { readonly deletionMs: number; readonly nowMs: number },
  ): void {
    const { deletionMs, nowMs } = when;
    const record = this.#existing(number, nowMs);
    if (stateOf(record) !== 'DEPRECATED' || record.deletionMs !== undefined) {
      const state = record.deletionMs === undefined ? stateOf(record) : 'PENDING DELETION';
      throw new OciServiceError('IncorrectState', `version ${number} is ${state}, not DEPRECATED`);
    }
    if (this.#countPendingDeletion(nowMs) >= PENDING_DELETION_VERSIONS_MAX) {
      throw tooMany('pending deletion');
    }
    record.deletionMs = deletionMs;
  }

  cancelDeletion(number: number, nowMs: number): void {
    const record = this.#existing(number, nowMs);
    if (record.deletionMs === undefined) {
      throw new OciServiceError(
        'IncorrectState',
        `version ${number} is not scheduled for deletion`,
      );
    }
    if (this.#countActive() >= ACTIVE_VERSIONS_MAX) throw tooMany('in active use');
    record.deletionMs = undefined;
  }

  /** What waits for its deletion is deleted now, as if its time had come. */
  endWaiting(nowMs: number): void {
    for (const record of this.#records) {
      if (record.deletionMs !== undefined) record.deletionMs = Math.min(record.deletionMs, nowMs);
    }
  }

  /** The versions that existed at `atMs`, newest first, in the stages they were in at that time. */
  asOf(atMs: number): SecretVersion[] {
    const existing = this.#records.filter((one) => one.createdMs <= atMs && !isDeleted(one, atMs));
    return existing.toReversed().map((record, index) => ({
      number: record.number,
      name: record.name,
      content: record.content,
      stages: [stateOf(record, atMs), ...(index === 0 ? (['LATEST'] as const) : [])],
      createdMs: record.createdMs,
      deletionMs: record.deletionMs,
    }));
  }

  /** Whether any version bears `name`. Those deleted count too (whether OCI frees a name is not known). */
  hasName(name: string): boolean {
    return this.#records.some((record) => record.name === name);
  }

  hasContent(content: string, options: { nowMs: number; isDeletedIncluded: boolean }): boolean {
    return this.#records.some(
      (record) =>
        record.content === content &&
        (options.isDeletedIncluded || !isDeleted(record, options.nowMs)),
    );
  }

  #makeCurrent(record: VersionRecord, nowMs: number): void {
    enter(this.#holderOf('PREVIOUS'), 'DEPRECATED', nowMs);
    enter(this.#holderOf('CURRENT'), 'PREVIOUS', nowMs);
    enter(record, 'CURRENT', nowMs);
  }

  #holderOf(state: RotationState): VersionRecord | undefined {
    return this.#records.find((record) => stateOf(record) === state);
  }

  #existing(number: number, nowMs: number): VersionRecord {
    const record = this.#records[number - 1];
    if (record === undefined || isDeleted(record, nowMs)) throw notFound();
    return record;
  }

  #countActive(): number {
    return this.#records.filter((one) => one.deletionMs === undefined).length;
  }

  #countPendingDeletion(nowMs: number): number {
    return this.#records.filter((one) => one.deletionMs !== undefined && !isDeleted(one, nowMs))
      .length;
  }
}

function enter(record: VersionRecord | undefined, state: RotationState, sinceMs: number): void {
  record?.states.push({ state, sinceMs });
}

function stateOf(record: VersionRecord, atMs = Infinity): RotationState {
  const entry = record.states.findLast((one) => one.sinceMs <= atMs);
  if (entry === undefined) throw new Error(`version ${record.number} did not exist yet`);
  return entry.state;
}

function isDeleted(record: VersionRecord, atMs: number): boolean {
  return record.deletionMs !== undefined && record.deletionMs <= atMs;
}

// OCI documents the limits and not the error; LimitExceeded is its general code for a limit of the service.
function tooMany(what: string): OciServiceError {
  return new OciServiceError('LimitExceeded', `the secret has too many versions ${what}`);
}
