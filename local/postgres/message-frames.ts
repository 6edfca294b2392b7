/** One message of the PostgreSQL protocol, whole. */
export interface Frame {
  /** The message's type byte as a letter; empty for the first message of a connection, which has none. */
  readonly type: string;
  /** What comes after the length. */
  readonly body: Buffer;
  /** The whole message as it was sent. */
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;
/** Far above anything that a test sends or asks for. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024;

/** Cuts a stream of bytes into messages. A client's stream begins with an untyped one, a server's does not. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #isTyped: boolean;

  constructor(options: { readonly startsUntyped: boolean }) {
    this.#isTyped = !options.startsUntyped;
  }

  /** Takes the next bytes and returns the messages that they complete. */
  push(bytes: Buffer): Frame[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    const typeBytes = this.#isTyped ? 1 : 0;
    const headBytes = typeBytes + LENGTH_BYTES;
    if (this.#pending.length < headBytes) return undefined;
    const length = this.#pending.readInt32BE(typeBytes);
    if (length < LENGTH_BYTES || length > FRAME_BYTES_MAX) {
      throw new Error(`a message of ${length} bytes: this is not the PostgreSQL protocol`);
    }
    const end = typeBytes + length;
    if (this.#pending.length < end) return undefined;
    const bytes = this.#pending.subarray(0, end);
    this.#pending = this.#pending.subarray(end);
    this.#isTyped = true;
    return {
      type: bytes.toString('latin1', 0, typeBytes),
      body: bytes.subarray(headBytes),
      bytes,
    };
  }
}
