import type { AuditObject, AuditStore } from '../../lambda/ports/audit-store.ts';
import { auditCall } from './audit-faults.ts';
import { AuditObjects } from './audit-objects.ts';
import { atOnce, type Turn } from './turn.ts';
import type { MemoryFaults } from './under-faults.ts';

export interface MemoryAuditStoreOptions extends MemoryFaults {
  /** What the bucket holds. @default nothing */
  readonly bucket?: AuditObjects;
  readonly turn?: Turn | undefined;
}

/**
 * The audit trail's bucket in memory. Calls are named as S3's in the fault plan: `s3:PutObject`, `s3:GetObject`,
 * `s3:ListObjectsV2`.
 */
export class MemoryAuditStore implements AuditStore {
  readonly #bucket: AuditObjects;
  readonly #faults: MemoryFaults;
  readonly #turn: Turn;

  constructor({ bucket, turn, ...faults }: MemoryAuditStoreOptions = {}) {
    this.#bucket = bucket ?? new AuditObjects();
    this.#turn = turn ?? atOnce;
    this.#faults = faults;
  }

  async write({ key, body }: AuditObject): Promise<'written' | 'exists'> {
    return await this.#call('s3:PutObject', () => {
      if (this.#bucket.get(key) !== undefined) return 'exists';
      this.#bucket.set(key, body);
      return 'written';
    });
  }

  async read(key: string): Promise<AuditObject | undefined> {
    return await this.#call('s3:GetObject', () => {
      const body = this.#bucket.get(key);
      return body === undefined ? undefined : { key, body };
    });
  }

  async keys(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly string[]> {
    return await this.#call('s3:ListObjectsV2', () => this.#bucket.keys(range));
  }

  /** All objects in the order of their keys: what someone with every right on the bucket sees. */
  get objects(): readonly AuditObject[] {
    return this.#bucket.all;
  }

  /** Puts an object in the place of another, or nothing: what someone with every right on the bucket can do. */
  tamper(key: string, body: string | undefined): void {
    if (body === undefined) this.#bucket.delete(key);
    else this.#bucket.set(key, body);
  }

  async #call<Result>(call: string, effect: () => Result): Promise<Result> {
    return await this.#turn(async () => await auditCall(this.#faults, { call, effect }));
  }
}
