import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Line, type LineOptions, type Place } from './line.ts';

const HOST = '127.0.0.1';

/** Stands between the function and one server, on a free port of 127.0.0.1. It knows no protocol: TLS passes untouched. */
export class LineProxy {
  /** The server's name in fault plans. */
  readonly endpoint: string;
  /** Where the server listens on the loopback address. Nothing is passed on before it is known. */
  target: number | undefined;
  readonly #judge: LineOptions['judge'];
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #step = '';
  /** How many steps have begun; tells a line that its numbers are of an earlier one. */
  #epoch = 0;
  #connections = 0;

  private constructor(endpoint: string, judge: LineOptions['judge']) {
    this.endpoint = endpoint;
    this.#judge = judge;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#serve(client);
    });
  }

  static async start(endpoint: string, judge: LineOptions['judge']): Promise<LineProxy> {
    const proxy = new LineProxy(endpoint, judge);
    proxy.#server.listen(0, HOST);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A step of the rotation begins: connections and exchanges are counted anew. Connections stay open. */
  begin(step: string): void {
    this.#step = step;
    this.#epoch += 1;
    this.#connections = 0;
  }

  /** Every line goes silent, those that are opened later do not. */
  silence(): void {
    for (const line of this.#lines) line.silence();
  }

  /** Breaks every line off, silent ones included. */
  cut(): void {
    for (const line of this.#lines) line.cut();
    this.#lines.clear();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #serve(client: Socket): void {
    if (this.target === undefined) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({
      port: this.target,
      host: HOST,
      allowHalfOpen: true,
      noDelay: true,
    });
    const options = { client, server, place: this.#counter(), judge: this.#judge };
    const line = new Line(options, this.#greeting());
    this.#lines.add(line);
    client.on('close', () => server.destroyed && this.#lines.delete(line));
    server.on('close', () => client.destroyed && this.#lines.delete(line));
  }

  /** Numbers the exchanges of one connection. */
  #counter(): () => Place {
    let [epoch, connection, exchange] = [-1, 0, 0];
    return () => {
      if (epoch !== this.#epoch) {
        epoch = this.#epoch;
        this.#connections += 1;
        connection = this.#connections;
        exchange = 0;
      }
      exchange += 1;
      return { ...this.#here(), connection, exchange };
    };
  }

  /** A server that speaks first does so on a connection that is the next to be counted. */
  #greeting(): Place {
    return { ...this.#here(), connection: this.#connections + 1, exchange: 0 };
  }

  #here(): Pick<Place, 'step' | 'endpoint'> {
    return { step: this.#step, endpoint: this.endpoint };
  }
}
