import { Redactor } from '../../lambda/domain/redactor.ts';

let last: { readonly seed: number; readonly redactor: Redactor } | undefined;

/** The redactor of all runs of a seed, which have the same passwords; only that of the last seed is kept. */
export function redactorOf(seed: number): Redactor {
  if (last?.seed !== seed) last = { seed, redactor: new Redactor() };
  return last.redactor;
}
