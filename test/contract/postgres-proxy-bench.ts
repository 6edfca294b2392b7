import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import type { ConnectionListener } from '../../local/connection-listener.ts';
import { startFaultProxy, type FaultProxyOptions } from '../../local/postgres/fault-proxy.ts';
import { PostgresServer, type PostgresRole } from '../../local/postgres/postgres-server.ts';

const POLL_ATTEMPTS_MAX = 100;

/** How node-postgres says that a connection broke off. */
export const BROKEN_OFF = { message: 'Connection terminated unexpectedly' };

/** A real server for a whole file of tests, and for each test a proxy with a fault plan before it. */
export class ProxyBench {
  ca!: CertificateAuthority;
  server!: PostgresServer;
  faults = new FaultPlan();
  proxy!: ConnectionListener;
  readonly #proxies: ConnectionListener[] = [];
  readonly #clients: pg.Client[] = [];

  /** To be called where the tests of a file begin. */
  static set(): ProxyBench {
    const bench = new ProxyBench();
    beforeAll(() => bench.#startServer());
    beforeEach(async () => {
      bench.faults = new FaultPlan();
      bench.proxy = await bench.startProxy({});
    });
    afterEach(() => bench.#clear());
    afterAll(() => bench.server.close());
    return bench;
  }

  async startProxy(options: Partial<FaultProxyOptions>): Promise<ConnectionListener> {
    const { ca, server: target, faults } = this;
    const identity = await ca.issue({ commonName: 'proxy', hosts: ['proxy.test', '127.0.0.1'] });
    const targetCa = ca.certificatePem;
    const proxy = await startFaultProxy({ target, targetCa, identity, faults, ...options });
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Logs in through the proxy, as `app` unless told otherwise. */
  async connect(config: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.proxy.host,
      port: this.proxy.port,
      database: 'postgres',
      user: 'app',
      password: 'app-password',
      ssl: { ca: this.ca.certificatePem },
      ...config,
    });
    // Without a listener an ended connection would end the test run.
    client.on('error', () => undefined);
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  /** Creates a role and logs in with it. */
  async connectAs({ name, password }: PostgresRole): Promise<pg.Client> {
    await this.server.createRole({ name, password });
    return await this.connect({ user: name, password });
  }

  strike(call: string, fault: Fault): void {
    this.faults.add({ call, fault });
  }

  async untilLogged(text: string): Promise<void> {
    for (let attempt = 1; !this.server.log().includes(text); attempt++) {
      if (attempt === POLL_ATTEMPTS_MAX) throw new Error(`not in the log: ${text}`);
      await sleep(10);
    }
  }

  async #startServer(): Promise<void> {
    this.ca = await CertificateAuthority.create('authority of the test');
    this.server = await PostgresServer.start({
      identity: await this.ca.issue({ commonName: 'database', hosts: ['127.0.0.1'] }),
      roles: [{ name: 'app', password: 'app-password' }],
    });
  }

  async #clear(): Promise<void> {
    await Promise.all(this.#proxies.splice(0).map((proxy) => proxy.close()));
    await Promise.all(this.#clients.splice(0).map((client) => client.end()));
  }
}
