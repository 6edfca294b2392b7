import type { Fault } from '../faults.ts';

/** One packet of the MySQL protocol, whole. */
export interface Packet {
  readonly sequence: number;
  readonly payload: Buffer;
  /** The packet as it was sent. */
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 3;
export const HEADER_BYTES = 4;
const COM_QUERY = 0x03;
const ERR = 0xff;
/** A capability: a COM_QUERY says how many parameters it has before its text. */
const CLIENT_QUERY_ATTRIBUTES = 1 << 27;
/** In a greeting, after the protocol's version and the server's, which ends with a zero byte. */
const CAPABILITIES_AT = { lower: 4 + 8 + 1, upper: 4 + 8 + 1 + 2 + 1 + 2 };

/** How many bytes a packet with this header has, header included. */
export function packetLength(header: Buffer): number {
  return HEADER_BYTES + header.readUIntLE(0, LENGTH_BYTES);
}

/** Cuts a stream of bytes into packets. */
export class PacketReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next bytes and returns the packets that they complete. */
  push(bytes: Buffer): Packet[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const packets: Packet[] = [];
    while (this.#pending.length >= HEADER_BYTES) {
      const length = packetLength(this.#pending);
      if (this.#pending.length < length) break;
      const packet = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      packets.push({
        sequence: packet.readUInt8(LENGTH_BYTES),
        payload: packet.subarray(HEADER_BYTES),
        bytes: packet,
      });
    }
    return packets;
  }
}

/** Whether a client that answers a greeting with this request for TLS will say COM_QUERY with attributes. */
export function hasQueryAttributes(greeting: Buffer, sslRequest: Buffer): boolean {
  const afterVersion = greeting.indexOf(0, HEADER_BYTES) + 1;
  const lower = greeting.readUInt16LE(afterVersion + CAPABILITIES_AT.lower);
  const upper = greeting.readUInt16LE(afterVersion + CAPABILITIES_AT.upper);
  const capabilities = ((upper << 16) | lower) & sslRequest.readInt32LE(HEADER_BYTES);
  return (capabilities & CLIENT_QUERY_ATTRIBUTES) !== 0;
}

/** The SQL text of a COM_QUERY without parameters; undefined for any other command. */
export function queryText(
  { payload }: Packet,
  options: { readonly hasAttributes: boolean },
): string | undefined {
  if (payload[0] !== COM_QUERY) return undefined;
  // The number of parameters, 0, and of sets of them, 1.
  return payload.toString('utf8', options.hasAttributes ? 3 : 1);
}

/** What a `refuse` or a `throttle` says: an error of which little is known, or that of a server with no room. */
export function refusalOf(fault: Fault): { readonly number: number; readonly message: string } {
  if (fault.kind !== 'refuse') return { number: 1040, message: 'Too many connections' };
  const { code = '1105', message = 'Unknown error' } = fault;
  return { number: Number(code), message };
}

/** What a server says in place of an answer. */
export function errPacket(error: {
  readonly sequence: number;
  readonly number: number;
  readonly message: string;
}): Buffer {
  const text = Buffer.from(`#HY000${error.message}`);
  const packet = Buffer.alloc(HEADER_BYTES + LENGTH_BYTES);
  packet.writeUIntLE(LENGTH_BYTES + text.length, 0, LENGTH_BYTES);
  packet.writeUInt8(error.sequence, LENGTH_BYTES);
  packet.writeUInt8(ERR, HEADER_BYTES);
  packet.writeUInt16LE(error.number, HEADER_BYTES + 1);
  return Buffer.concat([packet, text]);
}
