import { AuditCopyError } from '../../lambda/domain/errors.ts';
import type { AuditObject } from '../../lambda/ports/audit-store.ts';
import type { CopyStore } from '../../lambda/ports/copy-store.ts';
import type { AuditObjects } from './audit-objects.ts';
import { atOnce, type Turn } from './turn.ts';
import { underFaults, type MemoryFaults } from './under-faults.ts';

export interface MemoryCopyStoreOptions extends MemoryFaults {
  /** What the bucket holds. */
  readonly bucket: AuditObjects;
  readonly turn?: Turn | undefined;
}

/**
 * The bucket of the trail's copies in memory. Calls are named as Object Storage's in the fault plan:
 * `objectstorage:PutObject`, `objectstorage:ListObjects`.
 */
export class MemoryCopyStore implements CopyStore {
  readonly #options: MemoryCopyStoreOptions;

  constructor(options: MemoryCopyStoreOptions) {
    this.#options = options;
  }

  async put({ key, body }: AuditObject): Promise<void> {
    const { bucket } = this.#options;
    const found = await this.#call('objectstorage:PutObject', () => {
      const there = bucket.get(key);
      if (there === undefined) bucket.set(key, body);
      return there ?? body;
    });
    if (found !== body) throw failure(`another object stands in the place of the copy ${key}`);
  }

  async keys(range: Parameters<CopyStore['keys']>[0]): Promise<readonly string[]> {
    return await this.#call('objectstorage:ListObjects', () => this.#options.bucket.keys(range));
  }

  async #call<Result>(call: string, effect: () => Result): Promise<Result> {
    const { turn = atOnce } = this.#options;
    const failed = (kind: string): AuditCopyError => failure(`${call} failed (${kind})`);
    const errors = {
      refused: () => failed('refuse'),
      throttled: () => failed('throttle'),
      lost: failed,
    };
    return await turn(async () => await underFaults(this.#options, { call, effect, errors }));
  }
}

function failure(finding: string): AuditCopyError {
  return new AuditCopyError(finding, { subject: 'copies', remedy: 'wait for the next hour' });
}
