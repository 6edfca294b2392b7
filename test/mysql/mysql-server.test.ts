import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FLAVOURS, type Flavour } from '../../local/mysql/flavours.ts';
import { MysqlServer } from '../../local/mysql/mysql-server.ts';
import { describeWithServer, MysqlBench } from './mysql-server-bench.ts';

const GONE_TIMEOUT_MS = 15_000;

for (const flavour of FLAVOURS) {
  await describeWithServer(flavour, `a ${flavour} server of our own`, () => {
    defineServiceTests(flavour);
    defineLifeTests(flavour);
  });
}

function defineServiceTests(flavour: Flavour): void {
  describe('while it serves', () => {
    let bench: MysqlBench;

    beforeAll(async () => {
      bench = await MysqlBench.start(flavour);
      await bench.server.createUser({ name: 'app', password: 'first-example' });
    });

    afterAll(async () => {
      await bench.close();
    });

    const app = { user: 'app', password: 'first-example' };

    test('lets a user in over TLS 1.3 that the driver has verified', async () => {
      const connection = await bench.connect(app);
      const [rows] = await connection.query<RowDataPacket[]>("SHOW STATUS LIKE 'Ssl_version'");
      await connection.end();
      expect(rows).toEqual([{ Variable_name: 'Ssl_version', Value: 'TLSv1.3' }]);
    });

    test('fails when the certificate comes from another authority', async () => {
      const other = await CertificateAuthority.create('authority of the test');
      const ssl = { ca: other.certificatePem, verifyIdentity: true };
      await expect(bench.logIn({ ...app, ssl })).rejects.toMatchObject({
        code: 'HANDSHAKE_SSL_ERROR',
        message: 'unable to verify the first certificate',
      });
    });

    test('fails when the host name is not in the certificate', async () => {
      await expect(bench.logIn({ ...app, host: 'other.test' })).rejects.toMatchObject({
        code: 'HANDSHAKE_SSL_ERROR',
        message: expect.stringContaining('other.test') as string,
      });
    });

    test('fails when the host is an address, which mysql2 verifies as localhost', async () => {
      await expect(bench.logIn({ ...app, host: '127.0.0.1' })).rejects.toMatchObject({
        code: 'HANDSHAKE_SSL_ERROR',
        message: expect.stringContaining('Host: localhost.') as string,
      });
    });

    test('takes any host name when the driver is not told to verify it', async () => {
      await bench.logIn({ ...app, host: 'other.test', ssl: { ca: bench.ca } });
    });

    test('fails when the client does not speak TLS', async () => {
      const errno = flavour === 'mysql' ? 3159 : 1045;
      await expect(bench.logIn({ ...app, withTls: false })).rejects.toMatchObject({ errno });
      await bench.logIn(app);
    });

    test('fails when root comes over the network', async () => {
      await expect(bench.logIn({ user: 'root', password: 'guess' })).rejects.toMatchObject({
        errno: 1045,
      });
    });

    test('counts the refused logins of each user', async () => {
      await bench.server.createUser({ name: 'mistaken', password: 'first-example' });
      const wrong = bench.logIn({ user: 'mistaken', password: 'wrong-example' });
      await expect(wrong).rejects.toMatchObject({ errno: 1045 });
      expect(bench.server.refusedLogins('mistaken')).toBe(1);
      for (let attempt = 1; attempt <= 2; attempt++) {
        const unknown = bench.logIn({ user: 'no.body', password: 'wrong-example' });
        await expect(unknown).rejects.toMatchObject({ errno: 1045 });
      }
      expect(bench.server.refusedLogins('no.body')).toBe(2);
      expect(bench.server.refusedLogins('no-body')).toBe(0);
      await bench.server.createUser({ name: 'careful', password: 'first-example' });
      await bench.logIn({ user: 'careful', password: 'first-example' });
      expect(bench.server.refusedLogins('careful')).toBe(0);
    });

    test('takes names and passwords that need quoting, and logs statements but no password', async () => {
      const password = "it's a \\ secret";
      await bench.server.createUser({ name: "o'brien", password });
      await bench.runAs("o'brien", password, "SELECT 'a statement of the test'");
      await bench.server.query("SELECT 'a statement of root'");
      expect(bench.server.generalLog()).toContain("SELECT 'a statement of the test'");
      expect(bench.server.generalLog()).toContain("SELECT 'a statement of root'");
      expect(bench.server.generalLog()).not.toContain('CREATE USER');
      expect(bench.server.generalLog()).not.toContain('secret');
      expect(bench.server.log()).not.toContain('secret');
    });

    test('after close nothing is left but its logs', async () => {
      const [row] = await bench.server.query('SELECT @@datadir AS folder');
      const folder = row?.['folder'] as string;
      expect(statSync(folder).uid).toBeGreaterThan(0);
      await bench.server.query("SELECT 'the last words'");
      await Promise.all([bench.close(), bench.close()]);
      expect(existsSync(dirname(folder))).toBe(false);
      expect(bench.server.log()).toContain('Shutdown complete');
      expect(bench.server.generalLog()).toContain("SELECT 'the last words'");
      await expect(bench.logIn({ user: 'app' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });
  });
}

function defineLifeTests(flavour: Flavour): void {
  test('fails when a setting is unknown', async () => {
    const ca = await CertificateAuthority.create('authority of the test');
    const identity = await ca.issue({ commonName: 'database', hosts: ['localhost'] });
    const start = MysqlServer.start({
      flavour,
      identity,
      settings: { 'no-such-setting': 'on' },
    });
    await expect(start).rejects.toMatchObject({
      name: 'ServerStartError',
      message: expect.stringContaining('no-such-setting') as string,
    });
  });

  test('a server stops when the process that started it is killed', async () => {
    const program = `
      import { CertificateAuthority } from './local/certificate-authority.ts';
      import { MysqlServer } from './local/mysql/mysql-server.ts';
      const ca = await CertificateAuthority.create('authority of the test');
      const identity = await ca.issue({ commonName: 'database', hosts: ['localhost'] });
      const server = await MysqlServer.start({ flavour: '${flavour}', identity });
      const [row] = await server.query('SELECT @@datadir AS folder');
      console.log(row.folder);
      setInterval(() => {}, 1000);
    `;
    const starter = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
    const folder = dirname(line);
    expect(existsSync(folder)).toBe(true);
    starter.kill('SIGKILL');
    const patience = AbortSignal.timeout(GONE_TIMEOUT_MS);
    while (existsSync(folder) && !patience.aborted) await sleep(20);
    expect(existsSync(folder)).toBe(false);
  });
}
