import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { BROKEN_OFF, ProxyBench } from './postgres-proxy-bench.ts';

const bench = ProxyBench.set();

function connectionsReceived(): number {
  return bench.server.log().match(/connection received/g)?.length ?? 0;
}

describe('a PostgreSQL server behind the fault proxy, without faults', () => {
  test('answers as it does without the proxy, and every call is in the journal', async () => {
    const client = await bench.connect();
    const text = 'SELECT $1::int + 1 AS sum';
    await expect(client.query('SELECT session_user')).resolves.toMatchObject({
      rows: [{ session_user: 'app' }],
    });
    await expect(client.query(text, [1])).resolves.toMatchObject({ rows: [{ sum: 2 }] });
    await client.query({ name: 'adds', text, values: [2] });
    await expect(client.query({ name: 'adds', text, values: [3] })).resolves.toMatchObject({
      rows: [{ sum: 4 }],
    });
    await expect(client.query('TABLE missing')).rejects.toMatchObject({ code: '42P01' });
    await client.query('BEGIN; SET LOCAL lock_timeout = 100');
    await client.query('ROLLBACK');
    await client.end();
    expect(bench.faults.calls).toEqual([
      'postgres:connect',
      'postgres:logon',
      'postgres:query:SELECT',
      'postgres:query:SELECT',
      'postgres:query:SELECT',
      'postgres:query:SELECT',
      'postgres:query:TABLE',
      'postgres:query:BEGIN',
      'postgres:query:ROLLBACK',
    ]);
  });

  test('carries an answer far larger than a packet', async () => {
    const client = await bench.connect();
    const { rows } = await client.query<{ long: string }>(
      "SELECT repeat('0123456789', 100000) AS long",
    );
    expect(rows[0]?.long).toHaveLength(1_000_000);
  });

  test('fails when the password is wrong, as the server says', async () => {
    const before = bench.server.refusedLogins('app');
    await expect(bench.connect({ password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });
    expect(bench.server.refusedLogins('app') - before).toBe(1);
  });

  test('fails when the client does not speak TLS or trusts another authority', async () => {
    await expect(bench.connect({ ssl: false })).rejects.toMatchObject({ code: '28000' });
    const other = await CertificateAuthority.create('authority of the test');
    const login = bench.connect({ ssl: { ca: other.certificatePem } });
    await expect(login).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    expect(bench.faults.calls).toEqual([]);
  });

  test('fails when the server is gone, or has a certificate of another authority', async () => {
    const gone = await bench.startProxy({ target: { host: '127.0.0.1', port: 1 } });
    await expect(bench.connect({ port: gone.port })).rejects.toMatchObject(BROKEN_OFF);
    const other = await CertificateAuthority.create('authority of the test');
    const stranger = await bench.startProxy({ targetCa: other.certificatePem });
    await expect(bench.connect({ port: stranger.port })).rejects.toMatchObject(BROKEN_OFF);
  });
});

describe('faults before and at logon behind the proxy', () => {
  test.each([
    { fault: { kind: 'refuse' }, code: '57P03' },
    { fault: { kind: 'refuse', code: '28P01', message: 'go away' }, code: '28P01' },
    { fault: { kind: 'throttle' }, code: '53300' },
  ] as const)('fails with $code when a connection suffers $fault', async ({ fault, code }) => {
    const before = connectionsReceived();
    bench.strike('postgres:connect', fault);
    await expect(bench.connect()).rejects.toMatchObject({ code, severity: 'FATAL' });
    expect(connectionsReceived()).toBe(before);
    await bench.connect();
  });

  test('fails when the logon is refused, and the server has seen no proof', async () => {
    const before = bench.server.refusedLogins('app');
    bench.strike('postgres:logon', { kind: 'refuse', code: '28P01', message: 'go away' });
    const login = bench.connect({ password: 'wrong' });
    await expect(login).rejects.toMatchObject({ code: '28P01', message: 'go away' });
    expect(bench.server.refusedLogins('app')).toBe(before);
  });

  test.each(['postgres:connect', 'postgres:logon'])(
    'fails when the request or the reply of %s is lost or cut',
    async (call) => {
      bench.strike(call, { kind: 'loseRequest' });
      await expect(bench.connect()).rejects.toMatchObject(BROKEN_OFF);
      bench.strike(call, { kind: 'loseReply' });
      await expect(bench.connect()).rejects.toMatchObject(BROKEN_OFF);
      bench.strike(call, { kind: 'cut' });
      await expect(bench.connect()).rejects.toMatchObject(BROKEN_OFF);
      await bench.connect();
    },
  );

  test('loses the reply to a logon that the server has accepted', async () => {
    const accepted = (): number =>
      bench.server.log().match(/ app LOG: {2}connection auth/g)?.length ?? 0;
    const before = accepted();
    bench.strike('postgres:logon', { kind: 'loseReply' });
    await expect(bench.connect()).rejects.toMatchObject(BROKEN_OFF);
    expect(accepted()).toBeGreaterThan(before);
  });

  test.each(['postgres:connect', 'postgres:logon'])(
    'fails when %s hangs for longer than the client waits',
    async (call) => {
      bench.strike(call, { kind: 'hang' });
      const login = bench.connect({ connectionTimeoutMillis: 100 });
      await expect(login).rejects.toMatchObject({ message: 'timeout expired' });
    },
  );

  test('delays the answer to a wrong password, not what it does', async () => {
    const before = bench.server.refusedLogins('app');
    bench.strike('postgres:logon', { kind: 'delay', delayMs: 150 });
    const start = performance.now();
    await expect(bench.connect({ password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });
    expect(performance.now() - start).toBeGreaterThan(140);
    expect(bench.server.refusedLogins('app') - before).toBe(1);
  });
});
