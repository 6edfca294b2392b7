import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { sslRequest } from './messages.ts';

/** A PostgreSQL server, and how to know that it is the one. */
export interface Upstream {
  /** The address, and the name that the server's certificate must be valid for. */
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
}

/** Opens a connection to a PostgreSQL server up to where the startup message is due. Verified TLS or nothing. */
export async function connectUpstream(upstream: Upstream): Promise<TLSSocket> {
  const { host, port, ca } = upstream;
  const socket = connectTcp({ host, port, noDelay: true });
  try {
    await once(socket, 'connect');
    socket.write(sslRequest());
    const answer = await readExactly(socket, 1);
    if (answer.toString() !== 'S') throw new Error('the server does not speak TLS');
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const secure = connectTls({ socket, host, ca, ...servername });
    await once(secure, 'secureConnect');
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Reads that many bytes and leaves what follows unread, so that TLS can take over the socket. */
export async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null;
    if (bytes?.length === length) return bytes;
    if (bytes !== null || socket.readableEnded || socket.destroyed) {
      throw new Error('the connection ended early');
    }
    await once(socket, 'readable');
  }
}
