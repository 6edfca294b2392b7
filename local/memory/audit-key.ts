import { createSecretKey, type KeyObject } from 'node:crypto';
import { isMacOf, macOf } from '../../lambda/audit/mac.ts';
import type { AuditKey, Mac } from '../../lambda/ports/audit-key.ts';
import { auditCall } from './audit-faults.ts';
import { atOnce, type Turn } from './turn.ts';
import type { MemoryFaults } from './under-faults.ts';

export interface MemoryAuditKeyOptions extends MemoryFaults {
  /** The values that the key has had, version 1 first. The last one signs. */
  readonly versions: readonly string[];
  readonly turn?: Turn | undefined;
}

/** The audit trail's key in memory. Each version is fetched once, as `ssm:GetParameter` in the fault plan. */
export class MemoryAuditKey implements AuditKey {
  readonly #versions: readonly KeyObject[];
  readonly #signing: KeyObject;
  readonly #fetched = new Set<number>();
  readonly #faults: MemoryFaults;
  readonly #turn: Turn;

  constructor({ versions, turn, ...faults }: MemoryAuditKeyOptions) {
    const [first, ...rest] = versions.map((text) => createSecretKey(text, 'utf8'));
    if (first === undefined) throw new RangeError('expected a version of the key');
    this.#versions = [first, ...rest];
    this.#signing = rest.at(-1) ?? first;
    this.#faults = faults;
    this.#turn = turn ?? atOnce;
  }

  async version(): Promise<string> {
    await this.#fetch(this.#versions.length);
    return versionName(this.#versions.length);
  }

  async sign(message: string): Promise<Mac> {
    const keyVersion = await this.version();
    return { value: macOf(this.#signing, message), keyVersion };
  }

  async verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'> {
    const index = this.#versions.findIndex((_, at) => versionName(at + 1) === mac.keyVersion);
    await this.#fetch(index + 1);
    const key = this.#versions[index];
    if (key === undefined) return 'unknown-key';
    return isMacOf(key, { message, mac: mac.value }) ? 'authentic' : 'forged';
  }

  async #fetch(version: number): Promise<void> {
    if (this.#fetched.has(version)) return;
    await this.#turn(async () => {
      await auditCall(this.#faults, { call: 'ssm:GetParameter', effect: () => undefined });
    });
    this.#fetched.add(version);
  }
}

function versionName(version: number): string {
  return `memory:${version}`;
}
