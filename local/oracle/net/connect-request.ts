import { MalformedError } from '../malformed-error.ts';
import { PACKET, SDU_MAX, SDU_MIN } from './packets.ts';
import type { Packet } from './packet-reader.ts';

const CONNECT_BYTES_MIN = 74;
const DATA_HEADER_BYTES = 10;

/** What a client wants to be connected to. */
export interface ConnectRequest {
  /** The most bytes that a packet may have, within the bounds that clients take. */
  readonly sdu: number;
  readonly serviceName: string | undefined;
  readonly sid: string | undefined;
}

/**
 * The CONNECT packet, and the data packet behind it that holds the connect data where they are long.
 *
 * Feed it packets until it gives the request.
 */
export class ConnectReader {
  #sdu: number | undefined;

  /** @throws MalformedError when another packet was due */
  read({ type, bytes }: Packet): ConnectRequest | undefined {
    if (this.#sdu !== undefined) {
      if (type !== PACKET.data) throw new MalformedError('expected the connect data');
      return requestOf(this.#sdu, bytes.subarray(DATA_HEADER_BYTES));
    }
    if (type !== PACKET.connect || bytes.length < CONNECT_BYTES_MIN) {
      throw new MalformedError('expected a CONNECT packet');
    }
    // The driver splits answers by this very number: a damaged one would be split for ever.
    const sdu = Math.min(Math.max(bytes.readUInt32BE(58), SDU_MIN), SDU_MAX);
    const start = bytes.readUInt16BE(26);
    const length = bytes.readUInt16BE(24);
    if (bytes.length >= start + length)
      return requestOf(sdu, bytes.subarray(start, start + length));
    this.#sdu = sdu;
    return undefined;
  }
}

function requestOf(sdu: number, connectData: Buffer): ConnectRequest {
  const text = connectData.toString('latin1');
  return { sdu, serviceName: valueOf('SERVICE_NAME', text), sid: valueOf('SID', text) };
}

function valueOf(key: string, descriptor: string): string | undefined {
  return new RegExp(`\\(\\s*${key}\\s*=\\s*([^()\\s]+)\\s*\\)`, 'i').exec(descriptor)?.[1];
}
