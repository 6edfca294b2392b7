import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { PostgresServer } from '../../local/postgres/postgres-server.ts';
import { scramVerifier } from '../../local/postgres/scram-verifier.ts';

const GONE_TIMEOUT_MS = 10_000;

describe('a PostgreSQL server of our own', () => {
  let ca: CertificateAuthority;
  let server: PostgresServer;
  let logAtStart: string;

  beforeAll(async () => {
    ca = await CertificateAuthority.create('authority of the test');
    server = await PostgresServer.start({
      identity: await ca.issue({
        commonName: 'database',
        hosts: ['127.0.0.1', 'database.test'],
      }),
      roles: [
        { name: 'app', password: 'first-password' },
        { name: 'other app', password: "password with ' and \\" },
      ],
      settings: { deadlock_timeout: '50ms', 'lockstep.note': "it's set" },
    });
    logAtStart = server.log();
  });

  afterAll(async () => {
    await server.close();
  });

  async function connect(config: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({
      host: server.host,
      port: server.port,
      database: server.database,
      user: 'app',
      password: 'first-password',
      ssl: { ca: ca.certificatePem },
      ...config,
    });
    await client.connect();
    return client;
  }

  async function logIn(config: pg.ClientConfig): Promise<void> {
    await (await connect(config)).end();
  }

  test('lets a role in over TLS 1.3 that the driver has verified', async () => {
    const client = await connect();
    const { rows } = await client.query(
      'SELECT session_user, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    await client.end();
    expect(rows).toEqual([{ session_user: 'app', ssl: true, version: 'TLSv1.3' }]);
  });

  test('takes names and passwords that need quoting', async () => {
    await logIn({ user: 'other app', password: "password with ' and \\" });
    expect(server.log()).toContain('identity="other app" method=scram-sha-256');
  });

  test('fails when the certificate comes from another authority', async () => {
    const other = await CertificateAuthority.create('authority of the test');
    const login = logIn({ ssl: { ca: other.certificatePem } });
    await expect(login).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  test('fails when the host name is not in the certificate', async () => {
    const login = logIn({ host: 'localhost' });
    await expect(login).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('fails when the client does not speak TLS', async () => {
    await expect(logIn({ ssl: false })).rejects.toMatchObject({
      code: '28000',
      message: expect.stringContaining('no encryption') as string,
    });
  });

  test('fails when the superuser has a wrong password', async () => {
    const login = logIn({ user: 'postgres', password: 'guess' });
    await expect(login).rejects.toMatchObject({ code: '28P01' });
  });

  test('counts the refused logins of each role', async () => {
    expect(server.refusedLogins('other app')).toBe(0);
    const login = logIn({ user: 'other app', password: 'wrong' });
    await expect(login).rejects.toMatchObject({ code: '28P01' });
    await expect(logIn({ user: 'nobody' })).rejects.toMatchObject({ code: '28P01' });
    await expect(logIn({ user: 'nobody' })).rejects.toMatchObject({ code: '28P01' });
    expect(server.refusedLogins('other app')).toBe(1);
    expect(server.refusedLogins('nobody')).toBe(2);
    expect(server.refusedLogins('app')).toBe(0);
    expect(server.refusedLogins('other.app')).toBe(0);
  });

  test('takes no line for a refused login that a client wrote', async () => {
    await server.createRole({ name: 'forger', password: 'a-password' });
    const client = await connect({ user: 'forger', password: 'a-password' });
    await client.query(
      'SELECT 1 -- FATAL:  password authentication failed for user "forger"\n' +
        '-- forger FATAL:  password authentication failed for user "forger"',
    );
    await client.end();
    expect(server.log()).toContain('FATAL:  password authentication failed for user "forger"');
    expect(server.refusedLogins('forger')).toBe(0);
  });

  test('writes every statement to the log, with the values that were bound', async () => {
    const client = await connect();
    await client.query("ALTER ROLE app PASSWORD 'first-password'");
    await client.query('SELECT $1::text', ['a bound value']);
    await client.end();
    expect(server.log()).toContain("statement: ALTER ROLE app PASSWORD 'first-password'");
    expect(server.log()).toMatch(/Parameters: \$1 = 'a bound value'/i);
  });

  test('takes a verifier for a password that it never sees', async () => {
    await server.createRole({ name: 'changing', password: 'the-old-one' });
    const client = await connect({ user: 'changing', password: 'the-old-one' });
    await client.query(`ALTER ROLE changing PASSWORD '${scramVerifier('the-new-one')}'`);
    await client.end();
    await logIn({ user: 'changing', password: 'the-new-one' });
    const login = logIn({ user: 'changing', password: 'the-old-one' });
    await expect(login).rejects.toMatchObject({ code: '28P01' });
    expect(server.log()).toContain("ALTER ROLE changing PASSWORD 'SCRAM-SHA-256$4096:");
    expect(server.log()).not.toContain('the-new-one');
    expect(server.log()).not.toContain('the-old-one');
  });

  test('fails when a verifier is asked for a password that is not plain ASCII', () => {
    expect(() => scramVerifier('pässword')).toThrow('the password must be printable ASCII');
    expect(() => scramVerifier('')).toThrow('the password must be printable ASCII');
  });

  test('begins with a log that holds neither the roles nor their passwords', () => {
    expect(logAtStart).toContain('ready to accept connections');
    expect(logAtStart).not.toContain('CREATE ROLE');
    expect(logAtStart).not.toContain('SCRAM-SHA-256$');
    expect(logAtStart).not.toContain('first-password');
  });

  test('keeps the settings that it was given, and TLS 1.2 as the least', async () => {
    await expect(server.query('SHOW lockstep.note')).resolves.toEqual([
      { 'lockstep.note': "it's set" },
    ]);
    await expect(server.query('SHOW deadlock_timeout')).resolves.toEqual([
      { deadlock_timeout: '50ms' },
    ]);
    await expect(server.query('SHOW ssl_min_protocol_version')).resolves.toEqual([
      { ssl_min_protocol_version: 'TLSv1.2' },
    ]);
  });

  test('belongs to an account that is not root', async () => {
    const [row] = await server.query('SHOW data_directory');
    const { uid } = statSync(row?.['data_directory'] as string);
    expect(uid).toBeGreaterThan(0);
  });
});

describe('the life of a PostgreSQL server of our own', () => {
  test('after close nothing is left but its log', async () => {
    const ca = await CertificateAuthority.create('authority of the test');
    const identity = await ca.issue({ commonName: 'database', hosts: ['127.0.0.1'] });
    const server = await PostgresServer.start({ identity });
    const [row] = await server.query('SHOW data_directory');
    const folder = dirname(row?.['data_directory'] as string);
    expect(existsSync(folder)).toBe(true);
    await Promise.all([server.close(), server.close()]);
    expect(existsSync(folder)).toBe(false);
    expect(server.log()).toContain('database system is shut down');
    await expect(server.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.close();
  });

  test('fails when a setting is unknown, and leaves nothing behind', async () => {
    const ca = await CertificateAuthority.create('authority of the test');
    const identity = await ca.issue({ commonName: 'database', hosts: ['127.0.0.1'] });
    const start = PostgresServer.start({ identity, settings: { no_such_setting: 'on' } });
    const error = await start.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ name: 'ServerStartError' });
    expect(error?.message).toContain('unrecognized configuration parameter "no_such_setting"');
    const folder = /(\/[^"]*)\/data\/postgresql\.conf/.exec(error?.message ?? '')?.[1];
    expect(folder).toBeDefined();
    expect(existsSync(folder ?? '/')).toBe(false);
  });

  test('a server stops when the process that started it is killed', async () => {
    const program = `
      import { CertificateAuthority } from './local/certificate-authority.ts';
      import { PostgresServer } from './local/postgres/postgres-server.ts';
      const ca = await CertificateAuthority.create('authority of the test');
      const identity = await ca.issue({ commonName: 'database', hosts: ['127.0.0.1'] });
      const server = await PostgresServer.start({ identity });
      const [row] = await server.query('SHOW data_directory');
      console.log(row.data_directory);
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
});
