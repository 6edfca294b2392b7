import type { Random } from '../../lambda/domain/generated-password.ts';

const SEED_MAX = 0xffff_ffff;

/**
 * Numbers that one seed fixes: sfc32 (Chris Doty-Humphrey, PractRand), whose state the seed fills by splitmix32. Not for
 * secrets.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed 0 … 4,294,967,295 */
  constructor(seed: number) {
    let state = seed >>> 0;
    const split = (): number => {
      state = (state + 0x9e37_79b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0_aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a_2d97);
      return mixed ^ (mixed >>> 15);
    };
    this.#a = split();
    this.#b = split();
    this.#c = split();
    for (let round = 1; round <= 12; round += 1) this.uint32();
  }

  /** 0 … 4,294,967,295, each equally likely. */
  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }

  integerBelow(limit: number): number {
    return Math.floor((this.uint32() / (SEED_MAX + 1)) * limit);
  }

  /** Whether something happens that happens so often, 0 … 1. */
  chance(share: number): boolean {
    return this.uint32() < share * (SEED_MAX + 1);
  }

  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.integerBelow(values.length)] ?? values[0];
  }

  /** In the form of a UUID of version 4. */
  uuid(): string {
    const hex = [1, 2, 3, 4].map(() => this.uint32().toString(16).padStart(8, '0')).join('');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join('-');
  }
}
