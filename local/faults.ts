/**
 * What can go wrong with one call to a stand-in:
 * - `refuse`: the service answers with an error of its own; nothing took effect.
 * - `throttle`: the service's own throttling error; nothing took effect.
 * - `loseRequest`: the connection closes before the request takes effect.
 * - `loseReply`: the request takes effect, then the connection closes without an answer.
 * - `cut`: the request takes effect, then the connection closes halfway through the answer.
 * - `delay`: the request takes effect at once, the answer comes `delayMs` later.
 * - `hang`: nothing takes effect, the connection stays open and silent.
 */
export type Fault =
  | { readonly kind: 'refuse'; readonly code?: string; readonly message?: string }
  | { readonly kind: 'throttle' | 'loseRequest' | 'loseReply' | 'cut' | 'hang' }
  | { readonly kind: 'delay'; readonly delayMs: number };

/** Applies `fault` to calls whose name equals `call` or, where `call` ends in `*`, begins with it. */
export interface FaultRule {
  readonly call: string;
  readonly fault: Fault;
  /** How many matching calls pass unharmed first. @default 0 */
  readonly skip?: number;
  /** How many matching calls the fault then strikes. @default 1 */
  readonly times?: number;
}

/**
 * The faults a stand-in is to suffer, by call, and the journal of the calls it saw.
 *
 * A call's name is `service:Operation`, for example `secretsmanager:PutSecretValue`. Every stand-in asks
 * `take` exactly once a call, before anything takes effect.
 */
export class FaultPlan {
  readonly #rules: { rule: FaultRule; skip: number; times: number }[] = [];
  readonly #calls: string[] = [];

  add(rule: FaultRule): this {
    this.#rules.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
    return this;
  }

  /** Forgets all rules; the journal stays. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** Names of all calls seen so far, in order. */
  get calls(): readonly string[] {
    return this.#calls;
  }

  /** Notes the call and returns the fault that strikes it, if any. The first rule that matches and is not used up wins. */
  take(call: string): Fault | undefined {
    this.#calls.push(call);
    for (const entry of this.#rules) {
      if (!matches(entry.rule.call, call) || entry.times === 0) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      return entry.rule.fault;
    }
    return undefined;
  }
}

function matches(pattern: string, call: string): boolean {
  return pattern.endsWith('*') ? call.startsWith(pattern.slice(0, -1)) : call === pattern;
}
