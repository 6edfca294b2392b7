import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { Identity } from '../certificate-authority.ts';
import { ConnectionListener } from '../connection-listener.ts';
import type { FaultPlan } from '../faults.ts';
import { errorResponse, GSS_REQUEST, SSL_REQUEST } from './messages.ts';
import { ProxiedSession } from './proxied-session.ts';
import { connectUpstream, readExactly } from './upstream.ts';

export interface FaultProxyOptions {
  /** The real server. Its certificate must be valid for `host`. */
  readonly target: { readonly host: string; readonly port: number };
  /** PEM of the authority that issued the real server's certificate. */
  readonly targetCa: string;
  /** What the proxy shows to its own clients. */
  readonly identity: Identity;
  readonly faults: FaultPlan;
}

/**
 * Stands before a real PostgreSQL server on 127.0.0.1 and lets it suffer the faults of a plan. TLS ends here and begins
 * anew, so SCRAM with channel binding cannot pass; node-postgres does without it unless told otherwise.
 *
 * A call is `postgres:connect` (the startup message), `postgres:logon` (the proof of the password) or
 * `postgres:query:<command>` as `statementName` has it. In PostgreSQL's terms:
 * - `refuse` is an ErrorResponse with `code` as SQLSTATE (57P03 by default), `throttle` one with 53300. Before and at
 *   logon, and with a code of class 57P, it is FATAL and ends the session. Else it is an ERROR, and a transaction in which
 *   it strikes has failed on the server too.
 * - `loseReply`, `cut` and `delay` wait until the server is ready for the next query: what took effect has committed.
 *   The server sees the session end with a lost connection.
 * - A statement sent with Flush in place of Sync, as cursors are, passes unharmed. Requests to cancel are not passed on.
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

async function serve(socket: Socket, serving: Serving): Promise<void> {
  const { target, targetCa, faults, secureContext, listener } = serving;
  if (!(await acceptsTls(socket))) {
    const message = 'no pg_hba.conf entry for this host, no encryption';
    socket.end(errorResponse({ severity: 'FATAL', code: '28000', message }));
    return;
  }
  const client = new TLSSocket(socket, { isServer: true, secureContext });
  client.on('error', () => undefined);
  await new ProxiedSession({
    client,
    faults,
    closing: listener.closing,
    connectUpstream: async () => {
      const server = await connectUpstream({ ...target, ca: targetCa });
      listener.track(server);
      return server;
    },
  }).run();
}

/** Answers the first messages of a client: true when TLS is to follow, false when the client begins in the clear. */
async function acceptsTls(socket: Socket): Promise<boolean> {
  const request = await readExactly(socket, 8);
  const code = request.readInt32BE(4);
  if (code === GSS_REQUEST) {
    socket.write('N');
    return await acceptsTls(socket);
  }
  if (code !== SSL_REQUEST) return false;
  if (socket.readableLength > 0) throw new Error('bytes before TLS that TLS does not protect');
  socket.write('S');
  return true;
}
