import type { AuditObject, AuditStore } from '../../lambda/ports/audit-store.ts';
import { auditCall } from './audit-faults.ts';
import type { MemoryFaults } from './under-faults.ts';

/**
 * The audit trail's bucket in memory. Calls are named as S3's in the fault plan: `s3:PutObject`, `s3:GetObject`,
 * `s3:ListObjectsV2`.
 */
export class MemoryAuditStore implements AuditStore {
  readonly #bodies = new Map<string, string>();
  readonly #faults: MemoryFaults;

  constructor(faults: MemoryFaults = {}) {
    this.#faults = faults;
  }

  async write({ key, body }: AuditObject): Promise<'written' | 'exists'> {
    return await auditCall(this.#faults, {
      call: 's3:PutObject',
      effect: () => {
        if (this.#bodies.has(key)) return 'exists';
        this.#bodies.set(key, body);
        return 'written';
      },
    });
  }

  async read(key: string): Promise<AuditObject | undefined> {
    return await auditCall(this.#faults, {
      call: 's3:GetObject',
      effect: () => {
        const body = this.#bodies.get(key);
        return body === undefined ? undefined : { key, body };
      },
    });
  }

  async keys(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly string[]> {
    const { prefix, after, limit } = range;
    return await auditCall(this.#faults, {
      call: 's3:ListObjectsV2',
      effect: () =>
        [...this.#bodies.keys()]
          .filter((key) => key.startsWith(prefix))
          .filter((key) => after === undefined || compareBytes(key, after) > 0)
          .sort(compareBytes)
          .slice(0, limit),
    });
  }

  /** All objects in the order of their keys: what someone with every right on the bucket sees. */
  get objects(): readonly AuditObject[] {
    return [...this.#bodies]
      .map(([key, body]) => ({ key, body }))
      .sort((one, other) => compareBytes(one.key, other.key));
  }

  /** Puts an object in the place of another, or nothing: what someone with every right on the bucket can do. */
  tamper(key: string, body: string | undefined): void {
    if (body === undefined) this.#bodies.delete(key);
    else this.#bodies.set(key, body);
  }
}

/** S3 lists keys in the order of their UTF-8 bytes; JavaScript compares UTF-16 units. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
}
