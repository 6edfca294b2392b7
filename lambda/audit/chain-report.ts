import type { ChainLink } from './chain-link.ts';

/** Findings beyond these are counted, not kept: a trail that is wrong everywhere must not fill the memory. */
export const FINDINGS_MAX = 1_000;

export type FindingKind =
  /** A key under the trail's prefix that is no entry's. */
  | 'stray'
  /** The text is not an entry in canonical form. */
  | 'malformed'
  /** The entry belongs to another sequence than its key says: copied, moved or exchanged. */
  | 'misplaced'
  /** The MAC does not belong to the text. */
  | 'altered'
  /** The entry names a key version that does not exist, or that is none of the trail's keys. */
  | 'unknown-key'
  /** One or more sequences have no entry. */
  | 'missing'
  /** The entry comes after one with the same or a higher sequence. */
  | 'out-of-order'
  /** The entry was not written after the one that now stands before it. */
  | 'broken-link'
  /** The entry was made by another rotation. */
  | 'other-rotation'
  /** A version was promoted and no authentic entry says so: the tail is cut off, or the entry was never written. */
  | 'unrecorded-promotion';

/** One thing that is wrong with a trail. */
export interface Finding {
  readonly kind: FindingKind;
  /** The sequence it was found at; undefined where it is not about one entry. */
  readonly sequence: number | undefined;
  readonly message: string;
}

export type NoticeKind =
  /** A change was intended and no entry says what became of it: the step ended before, or the entry was not kept. */
  | 'interrupted'
  /** A change was made that no entry intended: its record failed while people were kept out. */
  | 'unintended'
  /** A version was promoted, and no entry says that it was proven on a database after the change there. */
  | 'unproven'
  /** The index of refused logins counts one that no entry tells of. */
  | 'unrecorded-refusal'
  /** An entry tells of a refused login that the index does not count. */
  | 'uncounted-refusal';

/** Something to look at that does not make the trail wrong. */
export interface Notice {
  readonly kind: NoticeKind;
  /** The entry that it is about; undefined where it is about none. */
  readonly sequence: number | undefined;
  readonly message: string;
}

export interface ChainReport {
  /** Whether there is no finding. */
  readonly isIntact: boolean;
  /** Objects read, whatever was found in them. */
  readonly entryCount: number;
  /** The newest entry in order. Written down elsewhere, it shows later that nothing up to it was replaced. */
  readonly tip: ChainLink;
  /** The first `FINDINGS_MAX` findings. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  /** The first `FINDINGS_MAX` notices. */
  readonly notices: readonly Notice[];
  readonly noticeCount: number;
}

/** Up to `FINDINGS_MAX` of what was found, and how many there were. */
export class Tally<Item> {
  readonly #kept: Item[] = [];
  #count = 0;

  add(item: Item): void {
    this.#count += 1;
    if (this.#kept.length < FINDINGS_MAX) this.#kept.push(item);
  }

  get kept(): readonly Item[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }
}
