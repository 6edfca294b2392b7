import { once } from 'node:events';
import { connect, createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as secure, createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { Identity } from '../certificate-authority.ts';
import type { Fault, FaultPlan } from '../faults.ts';
import { readExactly } from '../postgres/upstream.ts';
import type { Flavour } from './flavours.ts';
import { errPacket, HEADER_BYTES, hasQueryAttributes, packetLength, refusalOf } from './packets.ts';
import { ProxiedSession } from './proxied-session.ts';

/** Why a connection is broken off. */
const WANTED = 'the fault plan wants it';

export interface FaultProxyOptions {
  /** The real server. Its certificate must be valid for `host`. */
  readonly target: { readonly host: string; readonly port: number };
  /** PEM of the authority that issued the real server's certificate. */
  readonly targetCa: string;
  /** What the proxy shows to its own clients. */
  readonly identity: Identity;
  readonly faults: FaultPlan;
  /** What the server is, which the names of calls begin with. */
  readonly engine: Flavour;
}

/**
 * Stands before a real MySQL or MariaDB server on 127.0.0.1 and lets it suffer the faults of a plan. TLS ends here and
 * begins anew; a client that does without TLS finds the line cut.
 *
 * A call is `mysql:connect` (a new connection, in the clear), `mysql:logon` (once TLS has begun) or `mysql:query:<command>`
 * as `statementName` has it (`mysql:query:ALTER USER`); for MariaDB `mariadb:…`. In MySQL's terms:
 * - `refuse` is an ERR packet with `code` as its number (1105 by default), `throttle` one with 1040. In place of the
 *   greeting, and of the answer to a logon, it ends the connection.
 * - `loseReply`, `cut` and `delay` wait until the server's answer begins: what took effect has done so by then.
 * - Prepared statements pass unharmed.
 */
export class FaultProxy {
  readonly host = '127.0.0.1';
  readonly #options: FaultProxyOptions;
  readonly #secureContext: SecureContext;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #sockets = new Set<Socket>();

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    const { certificatePem: cert, privateKeyPem: key } = options.identity;
    this.#secureContext = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#track(socket);
      // Whatever goes wrong with a connection, its client finds it broken.
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#server.listen(0, proxy.host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection off, hanging ones included. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#closing.abort();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(clientSocket: Socket): Promise<void> {
    const { target, targetCa, faults, engine } = this.#options;
    const fault = faults.take(`${engine}:connect`);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'loseRequest') throw new Error(WANTED);
    if (fault?.kind === 'refuse' || fault?.kind === 'throttle') {
      clientSocket.end(errPacket({ ...refusalOf(fault), sequence: 0 }));
      return;
    }
    const serverSocket = connect({ ...target, noDelay: true });
    this.#track(serverSocket);
    clientSocket.on('close', () => serverSocket.destroy());
    await once(serverSocket, 'connect');
    const greeting = await readPacket(serverSocket);
    await this.#greet(clientSocket, greeting, fault);
    const request = await readPacket(clientSocket);
    serverSocket.write(request);
    const servername = isIP(target.host) === 0 ? { servername: target.host } : {};
    const server = secure({ socket: serverSocket, host: target.host, ca: targetCa, ...servername });
    this.#track(server);
    await once(server, 'secureConnect');
    const client = new TLSSocket(clientSocket, {
      isServer: true,
      secureContext: this.#secureContext,
    });
    this.#track(client);
    await new ProxiedSession({
      client,
      server,
      hasAttributes: hasQueryAttributes(greeting, request),
      faults,
      engine,
      closing: this.#closing.signal,
    }).run();
  }

  async #greet(client: Socket, greeting: Buffer, fault: Fault | undefined): Promise<void> {
    if (fault?.kind === 'loseReply') throw new Error(WANTED);
    if (fault?.kind === 'cut') {
      client.end(greeting.subarray(0, greeting.length >> 1));
      await once(client, 'close');
      throw new Error(WANTED);
    }
    if (fault?.kind === 'delay') {
      await sleep(fault.delayMs, undefined, { signal: this.#closing.signal });
    }
    client.write(greeting);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }
}

/** Reads one packet and leaves what follows unread, so that TLS can take over the socket. */
async function readPacket(socket: Socket): Promise<Buffer> {
  const header = await readExactly(socket, HEADER_BYTES);
  return Buffer.concat([header, await readExactly(socket, packetLength(header) - HEADER_BYTES)]);
}
