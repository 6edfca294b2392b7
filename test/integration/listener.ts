import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket, type SecureVersion } from 'node:tls';
import type { Identity } from '../../local/certificate-authority.ts';

export interface ListenerOptions {
  /** Said to whoever connects. @default nothing */
  readonly greeting?: string;
  /** Said after the first bytes of a client. @default nothing */
  readonly answer?: string;
  /** Shown in a TLS handshake that follows the answer. @default no TLS */
  readonly identity?: Identity;
  /** @default whatever the client wants */
  readonly tlsVersionMax?: SecureVersion;
}

/** Something on a port of 127.0.0.1 that is no database. */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #sockets = new Set<Socket>();
  #seen = '';

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  static async start(options: ListenerOptions = {}): Promise<Listener> {
    const listener = new Listener(options);
    listener.#server.listen(0, '127.0.0.1');
    await once(listener.#server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What clients said, decrypted; without what they said before the answer, if there is one. */
  get seen(): string {
    return this.#seen;
  }

  /** Resolves once nobody is connected. */
  async idle(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map(async (socket) => {
        await once(socket, 'close');
      }),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    const { greeting, answer, identity, tlsVersionMax: maxVersion } = this.#options;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    if (greeting !== undefined) socket.write(greeting);
    if (answer === undefined) {
      this.#listenTo(socket);
      return;
    }
    socket.once('data', () => {
      socket.write(answer);
      if (identity === undefined) {
        this.#listenTo(socket);
        return;
      }
      const { certificatePem: cert, privateKeyPem: key } = identity;
      const versions = maxVersion === undefined ? {} : { maxVersion };
      this.#listenTo(new TLSSocket(socket, { isServer: true, cert, key, ...versions }));
    });
  }

  #listenTo(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#seen += chunk.toString('latin1');
    });
  }
}
