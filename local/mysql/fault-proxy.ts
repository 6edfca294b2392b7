import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as secure, createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { Identity } from '../certificate-authority.ts';
import { ConnectionListener } from '../connection-listener.ts';
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
export async function startFaultProxy(options: FaultProxyOptions): Promise<ConnectionListener> {
  const { certificatePem: cert, privateKeyPem: key } = options.identity;
  const secureContext = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  return await ConnectionListener.start(async (socket, listener) => {
    await serve(socket, { ...options, secureContext, listener });
  });
}

interface Serving extends FaultProxyOptions {
  readonly secureContext: SecureContext;
  readonly listener: ConnectionListener;
}

async function serve(clientSocket: Socket, serving: Serving): Promise<void> {
  const { target, targetCa, faults, engine, secureContext, listener } = serving;
  const fault = faults.take(`${engine}:connect`);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'loseRequest') throw new Error(WANTED);
  if (fault?.kind === 'refuse' || fault?.kind === 'throttle') {
    clientSocket.end(errPacket({ ...refusalOf(fault), sequence: 0 }));
    return;
  }
  const serverSocket = connect({ ...target, noDelay: true });
  listener.track(serverSocket);
  clientSocket.on('close', () => serverSocket.destroy());
  await once(serverSocket, 'connect');
  const greeting = await readPacket(serverSocket);
  await greet(clientSocket, { greeting, fault, closing: listener.closing });
  const request = await readPacket(clientSocket);
  serverSocket.write(request);
  const servername = isIP(target.host) === 0 ? { servername: target.host } : {};
  const server = secure({ socket: serverSocket, host: target.host, ca: targetCa, ...servername });
  listener.track(server);
  await once(server, 'secureConnect');
  const client = new TLSSocket(clientSocket, { isServer: true, secureContext });
  listener.track(client);
  await new ProxiedSession({
    client,
    server,
    hasAttributes: hasQueryAttributes(greeting, request),
    faults,
    engine,
    closing: listener.closing,
  }).run();
}

async function greet(
  client: Socket,
  {
    greeting,
    fault,
    closing,
  }: {
    readonly greeting: Buffer;
    readonly fault: Fault | undefined;
    readonly closing: AbortSignal;
  },
): Promise<void> {
  if (fault?.kind === 'loseReply') throw new Error(WANTED);
  if (fault?.kind === 'cut') {
    client.end(greeting.subarray(0, greeting.length >> 1));
    await once(client, 'close');
    throw new Error(WANTED);
  }
  if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { signal: closing });
  client.write(greeting);
}

/** Reads one packet and leaves what follows unread, so that TLS can take over the socket. */
async function readPacket(socket: Socket): Promise<Buffer> {
  const header = await readExactly(socket, HEADER_BYTES);
  return Buffer.concat([header, await readExactly(socket, packetLength(header) - HEADER_BYTES)]);
}
