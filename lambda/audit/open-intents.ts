import type { AuditEvent } from '../domain/audit-event.ts';
import type { Entry } from './entry.ts';

const INTENTS: readonly AuditEvent['event'][] = ['change-intended', 'overlap-end-intended'];
/** Events that say what became of a change. `proven`: a later attempt found that it had been made. */
const OUTCOMES: readonly AuditEvent['event'][] = [
  'changed',
  'change-failed',
  'restored',
  'restore-failed',
  'proven',
  'overlap-ended',
];

/** Intents whose outcome has not been seen yet, while a trail is read in order. */
export class OpenIntents {
  readonly #open = new Map<string, Entry>();

  /** Takes the next entry; gives back an intent that is now known to have no outcome of its own. */
  take(entry: Entry): Entry | undefined {
    const change = `${entry.versionId} ${entry.subject}`;
    const open = this.#open.get(change);
    if (INTENTS.some((intent) => intent === entry.event)) {
      this.#open.set(change, entry);
      return open;
    }
    if (OUTCOMES.some((outcome) => outcome === entry.event)) this.#open.delete(change);
    return undefined;
  }

  /** Intents that are still open, oldest first. */
  rest(): readonly Entry[] {
    return [...this.#open.values()].sort((one, other) => one.sequence - other.sequence);
  }
}
