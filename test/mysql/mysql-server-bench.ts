import { connect as connectSocket } from 'node:net';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import type { Flavour } from '../../local/mysql/flavours.ts';
import { MysqlServer } from '../../local/mysql/mysql-server.ts';
import { findServerProgram } from '../../local/mysql/server-programs.ts';

/** The only name in the server's certificate. */
export const HOST = 'database.test';

/**
 * As `describe`, where the server can be had. Else its one test fails with the reason; where LOCKSTEP_SKIP_MYSQL=1 says
 * that this is as it should be, the reason is printed instead.
 */
export async function describeWithServer(
  flavour: Flavour,
  name: string,
  define: () => void,
): Promise<void> {
  const search = await findServerProgram(flavour);
  if (search.isFound) {
    describe(name, define);
  } else if (process.env['LOCKSTEP_SKIP_MYSQL'] === '1') {
    process.stderr.write(`\nSKIPPED, NOTHING IS KNOWN OF ${name}: ${search.reason}\n\n`);
    test(`${name}: is skipped for want of a server`, () => {
      expect(search.reason).toMatch(/LOCKSTEP_MYSQLD|LOCKSTEP_MARIADBD/);
    });
  } else {
    test(`${name}: has a server`, () => {
      throw new Error(`${search.reason}; or set LOCKSTEP_SKIP_MYSQL=1 to do without these tests`);
    });
  }
}

export interface Login extends ConnectionOptions {
  /** @default true */
  readonly withTls?: boolean;
}

/** A server with its authority, and the ways in that the tests share. */
export class MysqlBench {
  readonly server: MysqlServer;
  readonly ca: string;

  private constructor(server: MysqlServer, ca: string) {
    this.server = server;
    this.ca = ca;
  }

  static async start(flavour: Flavour): Promise<MysqlBench> {
    const ca = await CertificateAuthority.create('authority of the test');
    const identity = await ca.issue({ commonName: 'database', hosts: [HOST] });
    return new MysqlBench(await MysqlServer.start({ flavour, identity }), ca.certificatePem);
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  /** By default over TLS, with the authority and the host name verified. */
  async connect({ withTls = true, ...options }: Login): Promise<Connection> {
    return await createConnection({
      host: HOST,
      stream: () => connectSocket(this.server.port, this.server.host),
      ...(withTls ? { ssl: { ca: this.ca, verifyIdentity: true } } : {}),
      ...options,
    });
  }

  async logIn(options: Login): Promise<void> {
    await (await this.connect(options)).end();
  }

  /** Runs one statement as a user who logs in for it. */
  async runAs(user: string, password: string, sql: string): Promise<void> {
    const connection = await this.connect({ user, password });
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  }

  /** Which of the passwords let the user in; the others were refused for being wrong. */
  async accepted(user: string, passwords: readonly string[]): Promise<string[]> {
    const accepted: string[] = [];
    for (const password of passwords) {
      try {
        await this.logIn({ user, password });
        accepted.push(password);
      } catch (error) {
        expect(error).toMatchObject({ errno: 1045 });
      }
    }
    return accepted;
  }
}
