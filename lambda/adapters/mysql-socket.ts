import { connect, type Socket } from 'node:net';

/** Every packet of the protocol begins with three bytes of length and one of sequence. */
const LENGTH_BYTES = 3;
const HEADER_BYTES = 4;

/**
 * The TCP connection under the driver's, which begins in the clear: the server greets, then the client asks for TLS.
 *
 * mysql2 takes packets that come in one piece with the greeting for answers to the login, before there is any TLS, so
 * that whoever sits in between could say that a password is right or wrong. Here it shows.
 */
export class MysqlSocket {
  readonly socket: Socket;
  #head = Buffer.alloc(0);
  #bytes = 0;

  constructor(address: { readonly host: string; readonly port: number }) {
    this.socket = connect({ ...address, noDelay: true });
    // An error with nobody listening would end the process.
    this.socket.on('error', () => undefined);
    // The driver takes this listener off, with its own, when TLS begins.
    this.socket.on('data', (chunk) => {
      this.#bytes += chunk.length;
      this.#head = Buffer.concat([this.#head, chunk]).subarray(0, HEADER_BYTES);
    });
  }

  /** Whether the server said more than its greeting in the clear. */
  get hasSaidTooMuch(): boolean {
    if (this.#head.length < HEADER_BYTES) return false;
    return this.#bytes > HEADER_BYTES + this.#head.readUIntLE(0, LENGTH_BYTES);
  }
}
