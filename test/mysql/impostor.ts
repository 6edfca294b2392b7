import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Capabilities of a greeting. */
export const ALL_CAPABILITIES = 0xdf_ff_ff_ff;
export const ALL_BUT_TLS = ALL_CAPABILITIES ^ 0x800;

/** Something on a port of 127.0.0.1 that says what it is told to as soon as somebody connects, in the clear. */
export class Impostor {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #seen = Buffer.alloc(0);

  private constructor(words: Buffer) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        this.#seen = Buffer.concat([this.#seen, chunk]);
      });
      socket.write(words);
    });
  }

  static async start(...packets: readonly Buffer[]): Promise<Impostor> {
    const impostor = new Impostor(Buffer.concat(packets));
    impostor.#server.listen(0, '127.0.0.1');
    await once(impostor.#server, 'listening');
    return impostor;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What clients said. */
  get seen(): Buffer {
    return this.#seen;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export function packet(sequence: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([payload.length, 0, 0, sequence]), payload]);
}

/** A greeting as MySQL sends it, with `mysql_native_password` as the method of the server. */
export function greeting(capabilities: number): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(capabilities >>> 0);
  return packet(
    0,
    Buffer.concat([
      Buffer.from('\u000a9.7.4\0'),
      Buffer.from([1, 0, 0, 0]),
      Buffer.from('01234567\0'),
      flags.subarray(0, 2),
      Buffer.from([45, 2, 0]),
      flags.subarray(2),
      Buffer.from([21]),
      Buffer.alloc(10),
      Buffer.from('0123456789ab\0'),
      Buffer.from('mysql_native_password\0'),
    ]),
  );
}

/** Passes bytes between a client and a server on 127.0.0.1, and adds words of its own to the server's first. */
export class Meddler {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number, words: Buffer) {
    this.#server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1');
      for (const socket of [client, target]) {
        this.#sockets.add(socket);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            client.destroy();
            target.destroy();
          });
      }
      target.once('data', (greeting) => {
        client.write(Buffer.concat([greeting, words]));
        target.pipe(client);
      });
      client.pipe(target);
    });
  }

  static async start(targetPort: number, words: Buffer): Promise<Meddler> {
    const meddler = new Meddler(targetPort, words);
    meddler.#server.listen(0, '127.0.0.1');
    await once(meddler.#server, 'listening');
    return meddler;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
