import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

/**
 * Stands before one server on a free port of 127.0.0.1 as if it were far away: every byte takes half a round trip each
 * way, and a new connection as many round trips as its handshakes take.
 */
export class Distance {
  /** Where the server listens on the loopback address. */
  target: number | undefined;
  roundTripMs = 0;
  /** Round trips before a new connection carries anything: what the loopback address does not show of its beginning. */
  handshakes = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (client) => {
      this.#serve(client);
    });
  }

  static async start(): Promise<Distance> {
    const distance = new Distance();
    distance.#server.listen(0, HOST);
    await once(distance.#server, 'listening');
    return distance;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    if (this.target === undefined) {
      client.destroy();
      return;
    }
    this.#keep(client);
    client.pause();
    const port = this.target;
    after(this.handshakes * this.roundTripMs, () => {
      const server = connect({ port, host: HOST, noDelay: true });
      this.#keep(server);
      this.#pass(client, server);
      this.#pass(server, client);
      client.resume();
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Timers of one length end in the order in which they began, so bytes keep theirs. */
  #pass(from: Socket, to: Socket): void {
    const later = (then: () => void): void => {
      after(this.roundTripMs / 2, then);
    };
    from.on('data', (bytes: Buffer) => {
      later(() => to.write(bytes));
    });
    from.on('end', () => {
      later(() => to.end());
    });
    from.on('close', () => {
      later(() => to.destroy());
    });
  }
}

function after(durationMs: number, then: () => void): void {
  if (durationMs > 0) setTimeout(then, durationMs);
  else then();
}
