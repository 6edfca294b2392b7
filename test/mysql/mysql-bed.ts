import { createConnection, type Connection } from 'mysql2/promise';
import type { MysqlConfig } from '../../config/database-config.ts';
import { MariadbDatabase } from '../../lambda/adapters/mariadb.ts';
import { MysqlDatabase } from '../../lambda/adapters/mysql.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Password } from '../../lambda/domain/password.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, OwnSession } from '../../lambda/ports/database.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import { startFaultProxy } from '../../local/mysql/fault-proxy.ts';
import type { Flavour } from '../../local/mysql/flavours.ts';
import { MysqlServer } from '../../local/mysql/mysql-server.ts';
import type { Settings } from '../../local/mysql/server-settings.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';

/** What differs from a database of the bed that works. */
export interface Changes {
  readonly config?: Partial<Omit<MysqlConfig, 'engine'>>;
  readonly ca?: string | undefined;
  readonly time?: Time;
  /** What the superuser secret holds. @default there is none */
  readonly superuser?: Credential | undefined;
  readonly redactor?: Redactor;
  /** Other than the server's, to configure the wrong one. */
  readonly engine?: Flavour;
}

/** A MySQL or MariaDB server with the user `app`, whose password is FIRST, and what opens it. */
export class MysqlBed {
  readonly flavour: Flavour;
  readonly ca: CertificateAuthority;
  readonly identity: Identity;
  readonly server: MysqlServer;
  /** How often a database has asked for what the superuser secret holds. */
  superuserReads = 0;
  #users = 0;

  private constructor(
    flavour: Flavour,
    parts: Pick<MysqlBed, 'ca' | 'identity'>,
    server: MysqlServer,
  ) {
    this.flavour = flavour;
    this.ca = parts.ca;
    this.identity = parts.identity;
    this.server = server;
  }

  static async make(flavour: Flavour, settings: Settings = {}): Promise<MysqlBed> {
    const ca = await CertificateAuthority.create('Database CA');
    const identity = await ca.issue({ commonName: 'db', hosts: ['localhost', '127.0.0.1'] });
    const users = [{ name: 'app', password: FIRST }];
    const server = await MysqlServer.start({ flavour, identity, users, settings });
    return new MysqlBed(flavour, { ca, identity }, server);
  }

  /** Makes a user with the password FIRST and no privilege, and gives its name. */
  async makeUser(): Promise<string> {
    this.#users += 1;
    const name = `app_${this.#users}`;
    await this.server.createUser({ name, password: FIRST });
    return name;
  }

  /** Makes a user that MySQL lets keep its old password. */
  async makeKeeper(): Promise<string> {
    const name = await this.makeUser();
    await this.server.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${name}@'%'`);
    return name;
  }

  /** Makes a user that may set the password of others, like the master user of RDS, whose password is FIRST too. */
  async makeMaster(): Promise<Credential> {
    const username = await this.makeUser();
    await this.server.query(`GRANT CREATE USER ON *.* TO ${username}@'%'`);
    await this.server.query(`GRANT SELECT ON mysql.* TO ${username}@'%'`);
    return { username, password: new Password(FIRST) };
  }

  makeDatabase(changes: Changes = {}): Database {
    const { time = new Time(), redactor = new Redactor(), superuser } = changes;
    const config = {
      name: 'rds',
      host: 'localhost',
      port: this.server.port,
      trust: 'system',
      ...changes.config,
    } as const;
    const parts = {
      ca: 'ca' in changes ? changes.ca : this.ca.certificatePem,
      budget: time.budget,
      redactor,
      ...(superuser !== undefined && {
        superuser: async () => {
          this.superuserReads += 1;
          return await Promise.resolve(superuser);
        },
      }),
    };
    return (changes.engine ?? this.flavour) === 'mysql'
      ? new MysqlDatabase({ config: { ...config, engine: 'mysql' }, ...parts })
      : new MariadbDatabase({ config: { ...config, engine: 'mariadb' }, ...parts });
  }

  /**
   * A way to the server that suffers faults: give its port to `makeDatabase`.
   *
   * @param identity what it shows
   */
  async makeFaulty(identity = this.identity): Promise<{
    readonly port: number;
    readonly faults: FaultPlan;
    readonly close: () => Promise<void>;
  }> {
    const faults = new FaultPlan();
    const proxy = await startFaultProxy({
      target: this.server,
      targetCa: this.ca.certificatePem,
      identity,
      faults,
      engine: this.flavour,
    });
    return {
      port: proxy.port,
      faults,
      close: async () => {
        await proxy.close();
      },
    };
  }

  /** Which of the passwords log in. */
  async accepted(username: string, passwords = [FIRST, SECOND, THIRD]): Promise<string[]> {
    const opening: string[] = [];
    for (const password of passwords) {
      const session = await this.makeDatabase().login(credential(username, password));
      if (session === 'refused') continue;
      opening.push(password);
      await session.close();
    }
    return opening;
  }

  /** In a session of the user itself, whose password is FIRST. */
  async inOwnSession<Value>(
    username: string,
    work: (session: OwnSession) => Promise<Value>,
  ): Promise<Value> {
    const session = await this.makeDatabase().login(credential(username, FIRST));
    if (session === 'refused') throw new Error(`${username} is refused`);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  async inSession<Value>(
    username: string,
    work: (session: DatabaseSession) => Promise<Value>,
    { password = FIRST, ...changes }: Changes & { readonly password?: string } = {},
  ): Promise<Value> {
    const session = await open(this.makeDatabase(changes), username, password);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** A connection of the driver's own, of a user that may do anything. */
  async openAdministrator(): Promise<Connection> {
    const user = await this.makeUser();
    await this.server.query(`GRANT ALL ON *.* TO ${user}@'%'`);
    return await createConnection({
      host: 'localhost',
      port: this.server.port,
      user,
      password: FIRST,
      ssl: { ca: this.ca.certificatePem, verifyIdentity: true },
    });
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
