import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on 127.0.0.1, passes bytes, and can stop passing them. */
export class Relay {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  #isBlackhole = false;

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      this.#clients.add(client);
      const target = connect(targetPort, '127.0.0.1');
      const end = (): void => {
        this.#clients.delete(client);
        client.destroy();
        target.destroy();
      };
      for (const socket of [client, target]) socket.on('error', end).on('close', end);
      client.on('data', (chunk) => this.#isBlackhole || target.write(chunk));
      target.on('data', (chunk) => this.#isBlackhole || client.write(chunk));
    });
  }

  static async start(targetPort: number): Promise<Relay> {
    const relay = new Relay(targetPort);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections stay open and nothing passes. */
  blackhole(): void {
    this.#isBlackhole = true;
  }

  /** Resolves once no client is connected. */
  async idle(): Promise<void> {
    await Promise.all(
      [...this.#clients].map(async (client) => {
        await once(client, 'close');
      }),
    );
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
