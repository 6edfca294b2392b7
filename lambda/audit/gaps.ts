import type { AuditEvent } from '../domain/audit-event.ts';
import type { Notice } from './chain-report.ts';
import type { Entry } from './entry.ts';

type Event = AuditEvent['event'];

/** Events that say what became of an intent. `proven`: a later attempt found that the change had been made. */
const OUTCOMES: ReadonlyMap<string, Event> = new Map<Event, Event>([
  ['changed', 'change-intended'],
  ['change-failed', 'change-intended'],
  ['restored', 'change-intended'],
  ['restore-failed', 'change-intended'],
  ['overlap-ended', 'overlap-end-intended'],
]);
const INTENTS: readonly string[] = [...new Set(OUTCOMES.values())];

/**
 * What should be in a trail beside what is in it, found while it is read in order: an intent without an outcome, a change
 * without an intent, a promotion without a proof. None makes the trail wrong. A function that dies leaves such gaps, and
 * so does a trail that could not be written after a change.
 */
export class Gaps {
  /** Intents whose outcome has not been seen yet. */
  readonly #open = new Map<string, Entry>();
  /** How many intents no change has used up. */
  readonly #unused = new Map<string, number>();
  /** Databases that a version was set on and that have not been proven since, by version. */
  readonly #unproven = new Map<string, Set<string>>();

  /** Takes the next entry, and gives back what it shows to be missing before it. */
  take(entry: Entry): readonly Notice[] {
    const { event } = entry;
    if (INTENTS.includes(event)) return this.#intend(entry);
    if (event === 'proven') this.#prove(entry);
    if (event === 'promoted') return this.#promote(entry);
    const intent = OUTCOMES.get(event);
    return intent === undefined ? [] : this.#settle(entry, intent);
  }

  /** Intents that are still open, oldest first. */
  rest(): readonly Notice[] {
    return [...this.#open.values()]
      .sort((one, other) => one.sequence - other.sequence)
      .map(interrupted);
  }

  #intend(entry: Entry): readonly Notice[] {
    const open = this.#open.get(changeOf(entry));
    this.#open.set(changeOf(entry), entry);
    const use = useOf(entry, entry.event);
    this.#unused.set(use, (this.#unused.get(use) ?? 0) + 1);
    return open === undefined ? [] : [interrupted(open)];
  }

  #settle(entry: Entry, intent: Event): readonly Notice[] {
    this.#open.delete(changeOf(entry));
    if (entry.event === 'changed') this.#setOn(entry);
    const use = useOf(entry, intent);
    const unused = this.#unused.get(use) ?? 0;
    if (unused > 0) {
      this.#unused.set(use, unused - 1);
      return [];
    }
    const message = `${entry.subject}: "${entry.event}" of ${entry.versionId} without an intent before it`;
    return [{ kind: 'unintended', sequence: entry.sequence, message }];
  }

  #setOn({ versionId, subject }: Entry): void {
    const subjects = this.#unproven.get(versionId) ?? new Set();
    this.#unproven.set(versionId, subjects.add(subject));
  }

  #prove(entry: Entry): void {
    this.#open.delete(changeOf(entry));
    this.#unproven.get(entry.versionId)?.delete(entry.subject);
  }

  #promote({ versionId, sequence }: Entry): readonly Notice[] {
    const subjects = this.#unproven.get(versionId) ?? [];
    this.#unproven.delete(versionId);
    return [...subjects].map((subject) => ({
      kind: 'unproven',
      sequence,
      message: `${versionId} was promoted; no entry says that it was proven on ${subject} after the change`,
    }));
  }
}

function changeOf({ versionId, subject }: Entry): string {
  return `${versionId} ${subject}`;
}

function useOf(entry: Entry, intent: string): string {
  return `${changeOf(entry)} ${intent}`;
}

function interrupted({ sequence, subject, versionId }: Entry): Notice {
  const message = `the change of ${subject} to ${versionId} was intended; no entry says what became of it`;
  return { kind: 'interrupted', sequence, message };
}
