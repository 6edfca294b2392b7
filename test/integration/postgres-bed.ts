import { randomBytes } from 'node:crypto';
import type { PostgresConfig } from '../../config/database-config.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { escapeIdentifier } from 'pg';
import { PostgresDatabase } from '../../lambda/adapters/postgres.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import type { ConnectionListener } from '../../local/connection-listener.ts';
import { FaultPlan } from '../../local/faults.ts';
import { startFaultProxy } from '../../local/postgres/fault-proxy.ts';
import { PostgresServer } from '../../local/postgres/postgres-server.ts';
import { FIRST } from '../contract/database-contract.ts';
import { Time } from './database-time.ts';

/** How a database of the bed differs from one that works. */
export interface Changes {
  readonly config?: Partial<PostgresConfig>;
  readonly ca?: string | undefined;
  readonly time?: Time;
  /** What the superuser secret holds. @default there is none */
  readonly superuser?: Credential;
}

/** A PostgreSQL server and what opens it. */
export class PostgresBed {
  readonly ca: CertificateAuthority;
  readonly identity: Identity;
  readonly server: PostgresServer;
  /** How often a database has asked for what the superuser secret holds. */
  superuserReads = 0;
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

  /** Makes a role, which may not log in, and members of it that act as it by default. Gives their names. */
  async makeOwner(): Promise<{
    readonly owner: string;
    readonly one: string;
    readonly other: string;
  }> {
    const [one, other] = [await this.makeRole(), await this.makeRole()];
    const owner = `${one}_owner`;
    await this.server.query(
      `CREATE ROLE ${owner} NOLOGIN; GRANT CREATE ON SCHEMA public TO ${owner}`,
    );
    for (const member of [one, other]) {
      await this.server.query(
        `GRANT ${owner} TO ${member}; ALTER ROLE ${member} SET role TO ${owner}`,
      );
    }
    return { owner, one, other };
  }

  /** Makes a role like the master user of RDS: no superuser of PostgreSQL, but it may change the password of `username`. */
  async makeMaster(username: string): Promise<string> {
    const name = await this.makeRole();
    const target = escapeIdentifier(username);
    await this.server.query(
      `ALTER ROLE ${name} CREATEROLE; GRANT ${target} TO ${name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
    return name;
  }

  makeDatabase(changes: Changes = {}): PostgresDatabase {
    const { time = new Time(), superuser } = changes;
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
      ...(superuser !== undefined && {
        superuser: async () => {
          this.superuserReads += 1;
          return await Promise.resolve(superuser);
        },
      }),
    });
  }

  /** The same behind a proxy that suffers faults. */
  async makeFaulty(changes: Changes = {}): Promise<{
    readonly database: PostgresDatabase;
    readonly faults: FaultPlan;
    readonly close: () => Promise<void>;
  }> {
    const faults = new FaultPlan();
    const proxy = await this.startProxy({ faults });
    return {
      database: this.makeDatabase({ ...changes, config: { ...changes.config, port: proxy.port } }),
      faults,
      close: async () => {
        await proxy.close();
      },
    };
  }

  /** A way to the server that suffers faults and shows another certificate where one is given. */
  async startProxy({
    identity = this.identity,
    faults = new FaultPlan(),
  }: {
    readonly identity?: Identity;
    readonly faults?: FaultPlan;
  }): Promise<ConnectionListener> {
    return await startFaultProxy({
      target: { host: '127.0.0.1', port: this.server.port },
      targetCa: this.ca.certificatePem,
      identity,
      faults,
    });
  }
}
