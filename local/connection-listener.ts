import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Takes connections on a free port of 127.0.0.1, and knows every socket that is to be broken off in the end. */
export class ConnectionListener {
  readonly host = '127.0.0.1';
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #sockets = new Set<Socket>();

  private constructor(serve: (socket: Socket, listener: ConnectionListener) => Promise<void>) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.track(socket);
      // Whatever goes wrong with a connection, its client finds it broken.
      serve(socket, this).catch(() => socket.destroy());
    });
  }

  /** @param serve what is done with a connection; where it rejects, the connection is broken off */
  static async start(
    serve: (socket: Socket, listener: ConnectionListener) => Promise<void>,
  ): Promise<ConnectionListener> {
    const listener = new ConnectionListener(serve);
    listener.#server.listen(0, listener.host);
    await once(listener.#server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Aborts with `close`. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** One more socket that ends with the listener, such as the one to the server behind a proxy. */
  track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  /** Breaks every connection off, hanging ones included. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#closing.abort();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
