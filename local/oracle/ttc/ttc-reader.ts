import { MalformedError } from '../malformed-error.ts';

const LONG = 254;
const NULL = 255;

/**
 * Reads the values of TTC, the protocol inside Oracle Net's data packets, from one whole message.
 *
 * Every verb throws MalformedError when the message ends too early or the value cannot be.
 */
export class TtcReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** The next byte, which stays unread. */
  peek(): number | undefined {
    return this.#bytes[this.#position];
  }

  raw(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new MalformedError('the message ends inside a value');
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }

  u8(): number {
    return this.raw(1).readUInt8();
  }

  u16be(): number {
    return this.raw(2).readUInt16BE();
  }

  /** Reads over fixed-length bytes. */
  skip(length: number): void {
    this.raw(length);
  }

  /** An unsigned number of variable length: ub2, ub4 and ub8 are all the same. */
  ub(): number {
    const length = this.u8();
    if (length > 8) throw new MalformedError('a number is negative or too long');
    let value = 0;
    for (const byte of this.raw(length)) value = value * 256 + byte;
    return value;
  }

  /** Reads over `count` numbers of variable length. */
  skipUb(count: number): void {
    for (let index = 0; index < count; index += 1) this.ub();
  }

  /** Bytes with their length before them, in chunks where they are long. */
  bytes(): Buffer | null {
    const length = this.u8();
    if (length === 0 || length === NULL) return null;
    if (length !== LONG) return this.raw(length);
    const chunks: Buffer[] = [];
    for (let size = this.ub(); size > 0; size = this.ub()) chunks.push(this.raw(size));
    return Buffer.concat(chunks);
  }

  text(): string {
    return this.bytes()?.toString() ?? '';
  }

  /** Text that is announced by its length, and then has it once more. */
  announcedText(): string {
    return this.ub() > 0 ? this.text() : '';
  }

  /** Key and value; the flags are dropped. */
  keyValue(): readonly [string, string] {
    const pair = [this.announcedText(), this.announcedText()] as const;
    this.ub();
    return pair;
  }

  /** Text up to a zero byte. */
  terminatedText(): string {
    const end = this.#bytes.indexOf(0, this.#position);
    if (end < 0) throw new MalformedError('a text has no end');
    const text = this.raw(end - this.#position).toString();
    this.skip(1);
    return text;
  }
}
