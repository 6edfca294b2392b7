import type { AuditKey, Mac } from '../ports/audit-key.ts';

/** One key that signs, and former ones by which older entries are verified. */
export class AuditKeyRing implements AuditKey {
  readonly #signing: AuditKey;
  readonly #former: readonly AuditKey[];

  constructor(signing: AuditKey, former: readonly AuditKey[]) {
    this.#signing = signing;
    this.#former = former;
  }

  async version(): Promise<string> {
    return await this.#signing.version();
  }

  async sign(message: string): Promise<Mac> {
    return await this.#signing.sign(message);
  }

  async verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'> {
    for (const key of [this.#signing, ...this.#former]) {
      const verdict = await key.verify(message, mac);
      if (verdict !== 'unknown-key') return verdict;
    }
    return 'unknown-key';
  }
}
