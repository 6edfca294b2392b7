import { randomBytes } from 'node:crypto';
import type { PostgresConfig } from '../../config/database-config.ts';
import { PostgresDatabase } from '../../lambda/adapters/postgres.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import { FaultProxy } from '../../local/postgres/fault-proxy.ts';
import { PostgresServer } from '../../local/postgres/postgres-server.ts';
import { FIRST } from '../contract/database-contract.ts';
import { Time } from './database-time.ts';

/** How a database of the bed differs from one that works. */
export interface Changes {
  readonly config?: Partial<PostgresConfig>;
  readonly ca?: string | undefined;
  readonly time?: Time;
}

/** A PostgreSQL server and what opens it. */
export class PostgresBed {
  readonly ca: CertificateAuthority;
  readonly identity: Identity;
  readonly server: PostgresServer;
  #roles = 0;

  private constructor(ca: CertificateAuthority, identity: Identity, server: PostgresServer) {
    this.ca = ca;
    this.identity = identity;
    this.server = server;
  }

  static async make(): Promise<PostgresBed> {
    const ca = await CertificateAuthority.create('Database CA');
    const identity = await ca.issue({ commonName: 'db', hosts: ['localhost', '127.0.0.1'] });
    return new PostgresBed(ca, identity, await PostgresServer.start({ identity }));
  }

  /** Makes a role with the password FIRST and gives its name. */
  async makeRole(): Promise<string> {
    this.#roles += 1;
    const name = `app_${this.#roles}`;
    await this.server.createRole({ name, password: FIRST });
    return name;
  }

  makeDatabase(changes: Changes = {}): PostgresDatabase {
    const { time = new Time() } = changes;
    return new PostgresDatabase({
      config: {
        name: 'rds',
        engine: 'postgres',
        host: 'localhost',
        port: this.server.port,
        database: this.server.database,
        trust: 'system',
        ...changes.config,
      },
      ca: 'ca' in changes ? changes.ca : this.ca.certificatePem,
      budget: time.budget,
      redactor: new Redactor(),
      randomBytes,
    });
  }

  /** The same behind a proxy that suffers faults. */
  async makeFaulty(changes: Omit<Changes, 'config'> = {}): Promise<{
    readonly database: PostgresDatabase;
    readonly faults: FaultPlan;
    readonly close: () => Promise<void>;
  }> {
    const faults = new FaultPlan();
    const proxy = await FaultProxy.start({
      target: { host: '127.0.0.1', port: this.server.port },
      targetCa: this.ca.certificatePem,
      identity: this.identity,
      faults,
    });
    return {
      database: this.makeDatabase({ ...changes, config: { port: proxy.port } }),
      faults,
      close: async () => {
        await proxy.close();
      },
    };
  }
}
