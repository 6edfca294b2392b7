import { LockstepError } from '../../lambda/domain/errors.ts';

/** Finds passwords in what an invocation says. */
export class Leaks {
  readonly #texts: string[] = [];

  /** Takes what was said: a text, an error, or whatever a log line holds. */
  hear(what: string, value: unknown): void {
    this.#texts.push(`${what} ${rendered(value)}`);
  }

  /** The first thing heard that holds one of the secrets; forgets all that was heard. */
  firstWith(secrets: Iterable<string>): string | undefined {
    if (this.#texts.length === 0) return undefined;
    const all = this.#texts.join('\n');
    for (const secret of secrets) {
      if (all.includes(secret)) return this.#texts.find((text) => text.includes(secret));
    }
    this.#texts.length = 0;
    return undefined;
  }
}

function rendered(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify([value], (_key, part: unknown) =>
    part instanceof Error ? errorParts(part) : part,
  );
}

function errorParts(error: Error): Readonly<Record<string, unknown>> {
  const { name, message, stack, cause } = error;
  const remedy = error instanceof LockstepError ? error.remedy : undefined;
  // Drivers hang statements and whole requests on their errors.
  return { ...Object.fromEntries(Object.entries(error)), name, message, stack, cause, remedy };
}
