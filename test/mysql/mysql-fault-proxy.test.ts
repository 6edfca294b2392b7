import { createConnection, type Connection } from 'mysql2/promise';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import type { ConnectionListener } from '../../local/connection-listener.ts';
import { startFaultProxy } from '../../local/mysql/fault-proxy.ts';
import { FLAVOURS } from '../../local/mysql/flavours.ts';
import { MysqlServer } from '../../local/mysql/mysql-server.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const APP = { name: 'app', password: 'first-example' };
const PATIENCE_MS = 300;

for (const flavour of FLAVOURS) {
  await describeWithServer(flavour, `the fault proxy before ${flavour}`, () => {
    let ca: CertificateAuthority;
    let server: MysqlServer;
    let faults: FaultPlan;
    let proxy: ConnectionListener;
    let connections: Connection[] = [];

    beforeAll(async () => {
      ca = await CertificateAuthority.create('authority of the test');
      const identity = await ca.issue({ commonName: 'db', hosts: ['127.0.0.1'] });
      server = await MysqlServer.start({ flavour, identity, users: [APP] });
      await server.query('CREATE DATABASE shop');
      await server.query('CREATE TABLE shop.orders (id INT)');
      await server.query("GRANT ALL ON shop.* TO app@'%'");
    });

    afterAll(async () => {
      await server.close();
    });

    beforeEach(async () => {
      faults = new FaultPlan();
      const identity = await ca.issue({ commonName: 'proxy', hosts: ['localhost'] });
      const options = { targetCa: ca.certificatePem, identity, faults, engine: flavour };
      proxy = await startFaultProxy({ target: server, ...options });
      await server.query('TRUNCATE shop.orders');
    });

    afterEach(async () => {
      for (const connection of connections) connection.destroy();
      connections = [];
      await proxy.close();
    });

    async function connect(): Promise<Connection> {
      const connection = await createConnection({
        host: 'localhost',
        port: proxy.port,
        user: APP.name,
        password: APP.password,
        database: 'shop',
        connectTimeout: PATIENCE_MS,
        ssl: { ca: ca.certificatePem, verifyIdentity: true },
      });
      // An ended connection with nobody listening would end the test run.
      connection.on('error', () => undefined);
      connections.push(connection);
      return connection;
    }

    async function orders(): Promise<number> {
      const [row] = await server.query('SELECT COUNT(*) AS orders FROM shop.orders');
      return Number(row?.['orders']);
    }

    const insert = `/* one */ insert  into orders VALUES (1)`;
    const call = `${flavour}:query:INSERT`;

    test('passes what no fault strikes, and names the calls', async () => {
      const connection = await connect();
      await connection.query('SET SESSION wait_timeout = 60');
      await connection.query(insert);
      await connection.execute('INSERT INTO orders VALUES (?)', [2]);
      await connection.end();
      expect(await orders()).toBe(2);
      expect(faults.calls).toEqual([
        `${flavour}:connect`,
        `${flavour}:logon`,
        `${flavour}:query:SET SESSION`,
        call,
      ]);
    });

    test.each(['connect', 'logon'])('refuses at %s, and ends the connection', async (step) => {
      faults.add({ call: `${flavour}:${step}`, fault: { kind: 'throttle' } });
      await expect(connect()).rejects.toMatchObject({
        errno: 1040,
        message: 'Too many connections',
      });
      const fault = { kind: 'refuse', code: '1129', message: 'blocked' } as const;
      faults.add({ call: `${flavour}:${step}`, fault });
      await expect(connect()).rejects.toMatchObject({ errno: 1129, message: 'blocked' });
      await connect();
    });

    test.each(['loseRequest', 'loseReply', 'cut'] as const)(
      'breaks off at the login (%s)',
      async (kind) => {
        for (const step of ['connect', 'logon']) {
          faults.add({ call: `${flavour}:${step}`, fault: { kind } });
          await expect(connect()).rejects.toMatchObject({ fatal: true });
        }
        await connect();
      },
    );

    test('falls silent at the login', async () => {
      for (const step of ['connect', 'logon']) {
        faults.add({ call: `${flavour}:${step}`, fault: { kind: 'hang' } });
        await expect(connect()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      }
    });

    test('refuses a statement, which then has no effect, and keeps the session', async () => {
      faults.add({ call, fault: { kind: 'refuse', code: '1205', message: 'locked' } });
      const connection = await connect();
      await expect(connection.query(insert)).rejects.toMatchObject({ errno: 1205 });
      expect(await orders()).toBe(0);
      await connection.query(insert);
      expect(await orders()).toBe(1);
    });

    test.each([
      ['loseRequest', 0],
      ['loseReply', 1],
      ['cut', 1],
    ] as const)('breaks off at a statement (%s)', async (kind, effect) => {
      faults.add({ call, fault: { kind } });
      const connection = await connect();
      await expect(connection.query(insert)).rejects.toMatchObject({ fatal: true });
      expect(await orders()).toBe(effect);
    });

    test('falls silent at a statement, which has no effect', async () => {
      faults.add({ call, fault: { kind: 'hang' } });
      const connection = await connect();
      const query = connection.query({ sql: insert, timeout: PATIENCE_MS });
      await expect(query).rejects.toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
      expect(await orders()).toBe(0);
    });

    test('delays the answer to a statement that has taken effect', async () => {
      faults.add({ call, fault: { kind: 'delay', delayMs: 100 } });
      const connection = await connect();
      const startedAtMs = performance.now();
      await connection.query(insert);
      expect(performance.now() - startedAtMs).toBeGreaterThan(90);
      const [rows] = await connection.query('SELECT id FROM orders');
      expect(rows).toEqual([{ id: 1 }]);
    });

    test('fails when the server is not the one of the given authority', async () => {
      const other = await CertificateAuthority.create('another authority');
      const identity = await ca.issue({ commonName: 'proxy', hosts: ['localhost'] });
      const options = { targetCa: other.certificatePem, identity, faults, engine: flavour };
      const untrusting = await startFaultProxy({ target: server, ...options });
      const connection = createConnection({
        host: 'localhost',
        port: untrusting.port,
        user: APP.name,
        password: APP.password,
        ssl: { ca: ca.certificatePem, verifyIdentity: true },
      });
      await expect(connection).rejects.toMatchObject({ fatal: true });
      await untrusting.close();
    });
  });
}
