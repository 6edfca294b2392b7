import { Redactor } from '../../lambda/domain/redactor.ts';

/** A redactor for many processes. It learns each secret once: learning costs more than a call does. */
export class CommonRedactor extends Redactor {
  readonly #known = new Set<string>();

  override add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (this.#known.has(secret)) continue;
      this.#known.add(secret);
      super.add(secret);
    }
  }
}

let last: { readonly seed: number; readonly redactor: CommonRedactor } | undefined;

/** The redactor of all runs of a seed, which have the same passwords; only that of the last seed is kept. */
export function redactorOf(seed: number): CommonRedactor {
  if (last?.seed !== seed) last = { seed, redactor: new CommonRedactor() };
  return last.redactor;
}
