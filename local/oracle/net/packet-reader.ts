import { MalformedError } from '../malformed-error.ts';

const HEADER_BYTES = 8;
const PACKET_BYTES_MAX = 2_097_152;

/** A packet: its type, and all its bytes, header included. */
export interface Packet {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Cuts a stream of bytes into packets, however they arrive. */
export class PacketReader {
  #bytes = Buffer.alloc(0);
  /** Lengths have four bytes after ACCEPT, two before. */
  hasLongLengths = false;

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  /** The next packet, once it is there as a whole. @throws MalformedError when its length cannot be */
  next(): Packet | undefined {
    if (this.#bytes.length < HEADER_BYTES) return undefined;
    const length = this.hasLongLengths ? this.#bytes.readUInt32BE() : this.#bytes.readUInt16BE();
    if (length < HEADER_BYTES || length > PACKET_BYTES_MAX) {
      throw new MalformedError('the length of a packet is out of bounds');
    }
    if (this.#bytes.length < length) return undefined;
    const bytes = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return { type: bytes.readUInt8(4), bytes };
  }
}
