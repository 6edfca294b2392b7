import type { Turn } from '../memory/turn.ts';
import type { SeededRandom } from './random.ts';

interface Waiting {
  readonly who: object;
  readonly goOn: () => Promise<void>;
}

/** How often the order of precedence is drawn anew, 0 … 1 a turn. */
const CHANGES_SHARE = 0.1;

/**
 * Puts the calls of processes that run at once in an order that a seed fixes, one call at a time. One process has
 * precedence until that is drawn anew, so now and then another one waits for very long.
 */
export class Scheduler {
  readonly #random: SeededRandom;
  readonly #precedence = new Map<object, number>();
  readonly #waiting: Waiting[] = [];
  #isPumping = false;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The turns of one process. */
  turnsOf(who: object): Turn {
    return async (call) =>
      await new Promise((resolve, reject) => {
        const goOn = async (): Promise<void> => {
          await call().then(resolve, reject);
        };
        this.#waiting.push({ who, goOn });
        this.#pump();
      });
  }

  #pump(): void {
    if (this.#isPumping || this.#waiting.length === 0) return;
    this.#isPumping = true;
    // Once all that can go on by itself has done so, everybody who will ask for a turn has asked.
    setImmediate(() => {
      const [next] = this.#waiting.splice(this.#choose(), 1);
      void next?.goOn().finally(() => {
        this.#isPumping = false;
        this.#pump();
      });
    });
  }

  #choose(): number {
    if (this.#random.chance(CHANGES_SHARE)) this.#precedence.clear();
    const ranks = this.#waiting.map(({ who }) => this.#rankOf(who));
    const highest = Math.max(...ranks);
    const candidates = ranks.flatMap((rank, index) => (rank === highest ? [index] : []));
    return candidates[this.#random.integerBelow(candidates.length)] ?? 0;
  }

  #rankOf(who: object): number {
    const rank = this.#precedence.get(who) ?? this.#random.uint32();
    this.#precedence.set(who, rank);
    return rank;
  }
}
