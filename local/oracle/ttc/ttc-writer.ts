const LONG = 254;
const SHORT_BYTES_MAX = 252;
const CHUNK_BYTES = 32_767;

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** @default 0 */
  readonly flags?: number;
}

/** Writes the values of TTC, the protocol inside Oracle Net's data packets. */
export class TtcWriter {
  readonly #chunks: Buffer[] = [];

  toBuffer(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  raw(bytes: Buffer): this {
    this.#chunks.push(bytes);
    return this;
  }

  u8(...values: readonly number[]): this {
    return this.raw(Buffer.from(values));
  }

  u16be(value: number): this {
    return this.u8(value >> 8, value & 0xff);
  }

  u16le(value: number): this {
    return this.u8(value & 0xff, value >> 8);
  }

  /** An unsigned number of variable length: ub2, ub4 and ub8 are all the same. */
  ub(value: number): this {
    const bytes: number[] = [];
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
    return this.u8(bytes.length, ...bytes);
  }

  /** `count` zeros of variable length. */
  zeros(count: number): this {
    return this.raw(Buffer.alloc(count));
  }

  /** Bytes with their length before them, in chunks where they are long. None are the same as null. */
  bytes(bytes: Buffer | null): this {
    if (bytes === null) return this.u8(0);
    if (bytes.length <= SHORT_BYTES_MAX) return this.u8(bytes.length).raw(bytes);
    this.u8(LONG);
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      const chunk = bytes.subarray(start, start + CHUNK_BYTES);
      this.ub(chunk.length).raw(chunk);
    }
    return this.ub(0);
  }

  text(text: string): this {
    return this.bytes(Buffer.from(text));
  }

  /** Text that is announced by its length, and then has it once more. */
  announcedText(text: string): this {
    this.ub(Buffer.byteLength(text));
    return text === '' ? this : this.text(text);
  }

  keyValue({ key, value, flags = 0 }: KeyValue): this {
    return this.announcedText(key).announcedText(value).ub(flags);
  }
}
