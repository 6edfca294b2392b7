import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { scramVerifier } from '../../local/postgres/scram-verifier.ts';
import { BROKEN_OFF, ProxyBench } from './postgres-proxy-bench.ts';

const bench = ProxyBench.set();

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('faults of a statement behind the proxy', () => {
  test('fails when a statement is refused, and the session goes on', async () => {
    const client = await bench.connect();
    bench.strike('postgres:query:SELECT', { kind: 'refuse', code: '42501', message: 'not you' });
    await expect(client.query('SELECT 4711')).rejects.toMatchObject({
      code: '42501',
      message: 'not you',
      severity: 'ERROR',
    });
    expect(bench.server.log()).not.toContain('SELECT 4711');
    await expect(client.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  test('fails when a statement with values is refused, and the session goes on', async () => {
    const client = await bench.connect();
    bench.strike('postgres:query:SELECT', { kind: 'throttle' });
    const refused = client.query('SELECT $1::int + 4712 AS sum', [1]);
    await expect(refused).rejects.toMatchObject({ code: '53300' });
    expect(bench.server.log()).not.toContain('4712');
    const sum = client.query('SELECT $1::int + 1 AS sum', [1]);
    await expect(sum).resolves.toMatchObject({ rows: [{ sum: 2 }] });
  });

  test('fails when a transaction goes on after a refused statement', async () => {
    const client = await bench.connectAs({ name: 'transacting', password: 'the-old-one' });
    bench.strike('postgres:query:SET *', { kind: 'refuse', code: '42501' });
    await client.query('BEGIN');
    await client.query(`ALTER ROLE transacting PASSWORD '${scramVerifier('the-new-one')}'`);
    await expect(client.query('SET LOCAL a.b = 1')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await expect(client.query('COMMIT')).resolves.toMatchObject({ command: 'ROLLBACK' });
    await bench.connect({ user: 'transacting', password: 'the-old-one' });
  });

  test('fails when the server shuts down under a statement, and the session is over', async () => {
    const client = await bench.connect();
    bench.strike('postgres:query:SELECT', { kind: 'refuse' });
    const refused = client.query('SELECT 1');
    await expect(refused).rejects.toMatchObject({ code: '57P03', severity: 'FATAL' });
    await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|closed|terminated/);
  });

  test('fails when the request is lost, and nothing took effect', async () => {
    const client = await bench.connectAs({ name: 'losing', password: 'the-old-one' });
    bench.strike('postgres:query:ALTER ROLE', { kind: 'loseRequest' });
    const change = client.query(`ALTER ROLE losing PASSWORD '${scramVerifier('the-new-one')}'`);
    await expect(change).rejects.toMatchObject(BROKEN_OFF);
    await bench.connect({ user: 'losing', password: 'the-old-one' });
    expect(bench.server.log()).not.toContain('ALTER ROLE losing');
  });

  test.each(['loseReply', 'cut'] as const)(
    'fails when the reply suffers %s, though it took effect',
    async (kind) => {
      const user = `changed by ${kind}`;
      const client = await bench.connectAs({ name: user, password: 'the-old-one' });
      bench.strike('postgres:query:ALTER ROLE', { kind });
      const change = client.query(
        `ALTER ROLE "${user}" PASSWORD '${scramVerifier('the-new-one')}'`,
      );
      await expect(change).rejects.toMatchObject(BROKEN_OFF);
      await bench.connect({ user, password: 'the-new-one' });
      const login = bench.connect({ user, password: 'the-old-one' });
      await expect(login).rejects.toMatchObject({ code: '28P01' });
    },
  );

  test('fails when the reply is cut, after half of it', async () => {
    const client = await bench.connect();
    bench.strike('postgres:query:SELECT', { kind: 'cut' });
    const rows: unknown[] = [];
    const broken = new Promise<Error>((resolve) => {
      const query = new pg.Query('SELECT 1000 + n AS n FROM generate_series(1, 1000) AS n');
      query.on('row', (row: unknown) => rows.push(row));
      query.on('error', resolve);
      client.query(query);
    });
    await expect(broken).resolves.toMatchObject(BROKEN_OFF);
    expect(rows.length).toBeGreaterThan(480);
    expect(rows.length).toBeLessThan(520);
  });

  test('delays the answer, not what it does', async () => {
    const client = await bench.connect();
    bench.strike('postgres:query:SELECT', { kind: 'delay', delayMs: 300 });
    let isAnswered = false;
    const answer = client.query('SELECT 4713 AS number').finally(() => {
      isAnswered = true;
    });
    await bench.untilLogged('statement: SELECT 4713');
    expect(isAnswered).toBe(false);
    await expect(answer).resolves.toMatchObject({ rows: [{ number: 4713 }] });
  });

  test('fails when a statement hangs for longer than the client waits', async () => {
    await bench.server.createRole({ name: 'silenced', password: 'a-password' });
    const user = { user: 'silenced', password: 'a-password' };
    const client = await bench.connect({ ...user, query_timeout: 100 });
    bench.strike('postgres:query:SELECT', { kind: 'hang' });
    await expect(client.query('SELECT 4714')).rejects.toThrow('Query read timeout');
    expect(bench.server.log()).not.toContain('SELECT 4714');
    await client.end();
    await bench.untilLogged(' user=silenced database=postgres host');
  });

  test('fails when the proxy closes in the middle of a delay or a silence', async () => {
    bench.strike('postgres:query:SELECT', { kind: 'hang' });
    bench.strike('postgres:query:SHOW', { kind: 'delay', delayMs: 60_000 });
    const [one, two] = [await bench.connect(), await bench.connect()];
    const timersBefore = timers();
    const answers = Promise.allSettled([one.query('SELECT 1'), two.query('SHOW port')]);
    await bench.untilLogged('statement: SHOW port');
    // The server logs a statement before its answer has come to the proxy.
    while (timers() <= timersBefore) await nextTurn();
    await bench.proxy.close();
    await expect(answers).resolves.toMatchObject([{ reason: BROKEN_OFF }, { reason: BROKEN_OFF }]);
    expect(timers()).toBe(timersBefore);
  });

  test('strikes the statement that it is meant for, as often as it is meant to', async () => {
    const client = await bench.connect();
    const fault = { kind: 'refuse', code: '40001' } as const;
    bench.faults.add({ call: 'postgres:query:SHOW', fault, skip: 1, times: 2 });
    await client.query('SELECT 1');
    await client.query('SHOW port');
    await expect(client.query('SHOW port')).rejects.toMatchObject({ code: '40001' });
    await expect(client.query('SHOW port')).rejects.toMatchObject({ code: '40001' });
    await client.query('SHOW port');
  });

  test('fails when the server ends the session', async () => {
    const client = await bench.connectAs({ name: 'ended', password: 'a-password' });
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await bench.server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ended'",
    );
    await ended;
    await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|closed/);
  });
});
