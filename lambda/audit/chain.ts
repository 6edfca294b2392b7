import { GENESIS_LINK, type ChainLink } from './chain-link.ts';
import { Tally, type ChainReport, type Finding, type Notice } from './chain-report.ts';
import { decodeEntry, signedText } from './encoding.ts';
import { EntryFormatError, type Entry } from './entry.ts';
import { Gaps } from './gaps.ts';
import { sequenceOfKey } from './object-key.ts';

/** Recomputes a MAC with the key version that it names; `unknown-key`: there is no such version. */
export type VerifyMac = (
  message: string,
  mac: { readonly value: string; readonly keyVersion: string },
) => Promise<'authentic' | 'forged' | 'unknown-key'>;

/** An object of the trail as the store has it. */
export interface StoredObject {
  readonly key: string;
  readonly body: string;
}

export interface ChainExpectations {
  /** The prefix of the trail, without `entries/`. */
  readonly prefix: string;
  /** The rotation whose trail it should be. Left out, entries of any rotation pass. */
  readonly rotation?: string;
  /**
   * Versions that a rotation has promoted, by what the vault says: each must have its `promoted` entry, or the tail
   * is cut off. Leave out versions that a person stored: no rotation promoted those.
   */
  readonly promotedVersionIds?: Iterable<string>;
  /**
   * The vault that must have promoted them, by its name in the trail. Left out, any vault's entry will do; a tail
   * that is cut off between the mirror's and AWS's is then not seen.
   */
  readonly promotedBy?: string;
  /** Told every entry that is authentic, in its place and of the rotation, oldest first. */
  readonly onEntry?: (entry: Entry) => void;
}

/**
 * Verifies a trail, oldest entry first, and says everything that is wrong with it.
 *
 * It reads the objects once; memory grows only with what it has to report. What an entry says counts only where the
 * entry is authentic and stands in its own place.
 *
 * @throws whatever `objects` or `verifyMac` throw; a trail that is wrong is a report, not an error
 */
export async function verifyChain(
  objects: AsyncIterable<StoredObject> | Iterable<StoredObject>,
  verifyMac: VerifyMac,
  expectations: ChainExpectations,
): Promise<ChainReport> {
  const verifier = new ChainVerifier(verifyMac, expectations);
  for await (const object of objects) await verifier.take(object);
  return verifier.report();
}

class ChainVerifier {
  readonly #verifyMac: VerifyMac;
  readonly #prefix: string;
  readonly #rotation: string | undefined;
  readonly #promotedBy: string | undefined;
  readonly #unrecorded: Set<string>;
  readonly #onEntry: (entry: Entry) => void;
  readonly #gaps = new Gaps();
  readonly #findings = new Tally<Finding>();
  readonly #notices = new Tally<Notice>();
  #entryCount = 0;
  #last = 0;
  /** The last entry; undefined where none could be read there, so that nothing can be said about what follows it. */
  #tip: ChainLink | undefined = GENESIS_LINK;
  #newest = GENESIS_LINK;

  constructor(verifyMac: VerifyMac, expectations: ChainExpectations) {
    this.#verifyMac = verifyMac;
    this.#prefix = expectations.prefix;
    this.#rotation = expectations.rotation;
    this.#promotedBy = expectations.promotedBy;
    this.#unrecorded = new Set(expectations.promotedVersionIds);
    this.#onEntry = expectations.onEntry ?? ((): void => undefined);
  }

  async take({ key, body }: StoredObject): Promise<void> {
    this.#entryCount += 1;
    const sequence = sequenceOfKey(this.#prefix, key);
    if (sequence === undefined) {
      this.#find('stray', undefined, `${key} is not the key of an entry`);
      return;
    }
    if (!this.#isNext(sequence)) return;
    const entry = this.#decode(sequence, body);
    if (entry === undefined) {
      this.#tip = undefined;
      return;
    }
    this.#checkLink(entry);
    this.#tip = entry;
    this.#newest = { sequence, mac: entry.mac };
    if (await this.#isAuthentic(entry)) this.#note(entry);
  }

  report(): ChainReport {
    for (const notice of this.#gaps.rest()) this.#notices.add(notice);
    for (const versionId of this.#unrecorded) {
      this.#find('unrecorded-promotion', undefined, `no entry says that ${versionId} was promoted`);
    }
    return {
      isIntact: this.#findings.count === 0,
      entryCount: this.#entryCount,
      tip: this.#newest,
      findings: this.#findings.kept,
      findingCount: this.#findings.count,
      notices: this.#notices.kept,
      noticeCount: this.#notices.count,
    };
  }

  #isNext(sequence: number): boolean {
    const expected = this.#last + 1;
    if (sequence < expected) {
      this.#find('out-of-order', sequence, `the entry comes after entry ${this.#last}`);
      return false;
    }
    if (sequence > expected) {
      const upTo = sequence === expected + 1 ? '' : ` to ${sequence - 1}`;
      this.#find('missing', expected, `there is no entry ${expected}${upTo}`);
      this.#tip = undefined;
    }
    this.#last = sequence;
    return true;
  }

  #decode(sequence: number, body: string): Entry | undefined {
    try {
      const entry = decodeEntry(body);
      if (entry.sequence === sequence) return entry;
      this.#find('misplaced', sequence, `the object holds entry ${entry.sequence}`);
    } catch (error) {
      if (!(error instanceof EntryFormatError)) throw error;
      this.#find('malformed', sequence, `the object holds no entry: ${error.message}`);
    }
    return undefined;
  }

  #checkLink({ sequence, previous }: Entry): void {
    if (this.#tip === undefined || this.#tip.mac === previous) return;
    const message = `it was not written after the entry ${this.#tip.sequence} that stands before it`;
    this.#find('broken-link', sequence, message);
  }

  async #isAuthentic(entry: Entry): Promise<boolean> {
    const { sequence, mac, keyVersion } = entry;
    const verdict = await this.#verifyMac(signedText(entry), { value: mac, keyVersion });
    if (verdict === 'forged') {
      this.#find('altered', sequence, 'its MAC does not belong to what it says');
    }
    if (verdict === 'unknown-key') {
      this.#find('unknown-key', sequence, `the key version ${keyVersion} is not known`);
    }
    return verdict === 'authentic';
  }

  #note(entry: Entry): void {
    if (this.#rotation !== undefined && entry.rotation !== this.#rotation) {
      this.#find('other-rotation', entry.sequence, `it was made by the rotation ${entry.rotation}`);
      return;
    }
    if (entry.event === 'promoted' && entry.subject === (this.#promotedBy ?? entry.subject)) {
      this.#unrecorded.delete(entry.versionId);
    }
    for (const notice of this.#gaps.take(entry)) this.#notices.add(notice);
    this.#onEntry(entry);
  }

  #find(kind: Finding['kind'], sequence: number | undefined, message: string): void {
    this.#findings.add({ kind, sequence, message });
  }
}
