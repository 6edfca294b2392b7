import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '../certificate-authority.ts';
import { FaultPlan } from '../faults.ts';
import type { Accounts } from './accounts/accounts.ts';
import { Connection } from './connection.ts';
import { TRAITS, type Dialect } from './dialects.ts';
import { Journal, type JournalEntry } from './journal.ts';
import type { RandomBytes, TwelveCVerifier } from './logon/twelve-c-verifier.ts';
import type { SessionContext } from './session-context.ts';
import type { SqlRow } from './sql/sql-value.ts';

/** Where a listener is. */
export interface ListenerAddress {
  readonly protocol: 'tcp' | 'tcps';
  readonly host: string;
  readonly port: number;
}

interface CommonOptions {
  readonly serviceName: string;
  /** Make them with `TwelveCVerifier.maker()`. */
  readonly accounts: Accounts<TwelveCVerifier>;
  /** @default 23ai */
  readonly dialect?: Dialect;
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** Sends every client on, as ADB-D does in session mode REDIRECT: to this address, with the same connect data. */
  readonly redirectTo?: ListenerAddress;
  /** Rows for further queries, by their text, character by character. They go before what the server knows itself. */
  readonly answers?: ReadonlyMap<string, readonly SqlRow[]>;
  /** @default those of node:crypto */
  readonly randomBytes?: RandomBytes;
  /** @default a free one */
  readonly port?: number;
}

export type OracleServerOptions = CommonOptions &
  (
    | { readonly protocol: 'tcp' }
    | {
        readonly protocol: 'tcps';
        readonly identity: Identity;
        /** With it, clients must show a certificate of this CA (mTLS). */
        readonly clientCaPem?: string;
      }
  );

/**
 * An Oracle database on 127.0.0.1 that the real `oracledb` driver in Thin mode logs in to: Oracle Net, over TLS or
 * not, and the logon with 12c verifiers are the real protocol; behind them are `accounts` and a little SQL.
 *
 * Calls ask the fault plan once each, before anything takes effect: `oracle:connect` (the listener), `oracle:logon`
 * (the half that carries the password), `oracle:changePassword`, `oracle:execute` (ALTER USER too), `oracle:fetch`,
 * `oracle:commit`, `oracle:rollback`, `oracle:ping`, `oracle:logoff`. A refusal's code is `ORA-nnnnn`.
 */
export class OracleServer {
  readonly protocol: 'tcp' | 'tcps';
  readonly #serviceName: string;
  readonly #server: Server;
  readonly #journal = new Journal();
  /** The transport's own, below TLS: there from before the handshake on. */
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();

  private constructor(options: OracleServerOptions) {
    this.protocol = options.protocol;
    this.#serviceName = options.serviceName;
    const context = contextOf(options, this.#journal);
    const redirectAddress = options.redirectTo && addressText(options.redirectTo);
    const accept = (socket: Socket): void => {
      const connection = new Connection(socket, context, redirectAddress);
      this.#connections.add(connection);
      socket.on('close', () => this.#connections.delete(connection));
    };
    this.#server = this.#createServer(options, accept);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: OracleServerOptions): Promise<OracleServer> {
    const server = new OracleServer(options);
    server.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The connect descriptor, with 127.0.0.1 as host. */
  get connectString(): string {
    return this.connectStringFor('127.0.0.1');
  }

  /** The connect descriptor with another host name, which TLS compares with the certificate. */
  connectStringFor(host: string): string {
    const address = addressText({ protocol: this.protocol, host, port: this.port });
    return `(DESCRIPTION=${address}(CONNECT_DATA=(SERVICE_NAME=${this.#serviceName})))`;
  }

  /** What happened so far, in order. */
  get journal(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  /** Every SQL text that clients sent so far, word for word, whatever became of it. */
  get sqlTexts(): readonly string[] {
    return this.#journal.sqlTexts;
  }

  /** Ends every connection, hanging ones included, and resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #createServer(options: OracleServerOptions, accept: (socket: Socket) => void): Server {
    if (options.protocol === 'tcp') return createServer(accept);
    const { identity, clientCaPem } = options;
    const server = createTlsServer(
      {
        key: identity.privateKeyPem,
        cert: identity.certificatePem,
        ...(clientCaPem !== undefined && {
          ca: clientCaPem,
          requestCert: true,
          rejectUnauthorized: true,
        }),
      },
      accept,
    );
    server.on('tlsClientError', ({ message }) => {
      this.#journal.add({ kind: 'tlsFailure', reason: message });
    });
    return server;
  }
}

function contextOf(options: OracleServerOptions, journal: Journal): SessionContext {
  const { serviceName, accounts, protocol, randomBytes = cryptoRandomBytes } = options;
  return {
    traits: TRAITS[options.dialect ?? '23ai'],
    accounts,
    faults: options.faults ?? new FaultPlan(),
    journal,
    randomBytes,
    serviceName,
    protocol,
    answers: options.answers ?? new Map<string, readonly SqlRow[]>(),
    decoyKey: cryptoRandomBytes(32),
  };
}

function addressText({ protocol, host, port }: ListenerAddress): string {
  return `(ADDRESS=(PROTOCOL=${protocol.toUpperCase()})(HOST=${host})(PORT=${port}))`;
}
