import type { AuditObject } from '../../lambda/ports/audit-store.ts';

/**
 * The objects of an audit trail's bucket, kept in the order in which S3 lists them. Several stores can share them, as
 * several invocations of the function share a bucket.
 */
export class AuditObjects {
  readonly #bodies = new Map<string, string>();
  readonly #keys: string[] = [];

  get(key: string): string | undefined {
    return this.#bodies.get(key);
  }

  set(key: string, body: string): void {
    if (!this.#bodies.has(key)) this.#keys.splice(this.#indexFrom(key), 0, key);
    this.#bodies.set(key, body);
  }

  delete(key: string): void {
    if (this.#bodies.delete(key)) this.#keys.splice(this.#indexFrom(key), 1);
  }

  /** Up to `limit` keys that begin with `prefix` and sort after `after`. */
  keys(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit: number;
  }): readonly string[] {
    const { prefix, after, limit } = range;
    const keys: string[] = [];
    const first = after === undefined || after < prefix ? prefix : after;
    for (let index = this.#indexFrom(first); index < this.#keys.length; index += 1) {
      const key = this.#keys[index] ?? '';
      if (keys.length === limit || !key.startsWith(prefix)) break;
      if (key !== after) keys.push(key);
    }
    return keys;
  }

  /** All of them, in order. */
  get all(): readonly AuditObject[] {
    return this.#keys.map((key) => ({ key, body: this.#bodies.get(key) ?? '' }));
  }

  /** Where the first key stands that is not before the given one. */
  #indexFrom(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** S3 lists keys in the order of their UTF-8 bytes; JavaScript compares UTF-16 units. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
}
