import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { DIALECTS } from '../../local/oracle/dialects.ts';
import { FEW_ROUNDS, TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../../local/oracle/oracle-server.ts';

const oracledb = await loadOracleDriver();
const HOUR_MS = 3_600_000;
const ONE = 'Example_Passw0rd_one';
const TWO = 'Example_Passw0rd_two';

let accounts: Accounts<TwelveCVerifier>;
let faults: FaultPlan;
let server: OracleServer;

async function connect(password: string): Promise<OracleDB.Connection> {
  const { connectString } = server;
  return await oracledb.getConnection({ user: 'app', password, connectString });
}

function strike(call: string, fault: Fault): void {
  faults.add({ call, fault });
}

/** Resolves once the plan was asked for this call so often. */
async function arrived(call: string, count = 1): Promise<void> {
  while (faults.calls.filter((one) => one === call).length < count) await setImmediate();
}

function opens(password: string): boolean {
  try {
    accounts.login('APP', password);
    return true;
  } catch {
    return false;
  }
}

describe.each(DIALECTS)('the %s dialect', (dialect) => {
  beforeEach(async () => {
    accounts = new Accounts({
      now: () => Date.UTC(2026, 10, 20, 12),
      makeVerifier: TwelveCVerifier.maker({ rounds: FEW_ROUNDS }),
    });
    accounts.createUser({ name: 'APP', password: ONE });
    faults = new FaultPlan();
    server = await OracleServer.start({
      dialect,
      protocol: 'tcp',
      serviceName: 'app_tp',
      accounts,
      faults,
    });
  });

  afterEach(async () => {
    await server.close();
    expect(server.journal).not.toContainEqual(expect.objectContaining({ kind: 'undecodable' }));
  });

  test('every call asks the plan once, by its name', async () => {
    const connection = await connect(ONE);
    await connection.changePassword('app', ONE, TWO);
    await connection.execute('SELECT 1 FROM DUAL');
    await connection.execute('SELECT 1 FROM DUAL');
    await connection.execute('SELECT * FROM USER_PASSWORD_LIMITS', [], { fetchArraySize: 100 });
    await connection.commit();
    await connection.rollback();
    await connection.ping();
    await connection.close();

    expect(faults.calls).toEqual([
      'oracle:connect',
      'oracle:logon',
      'oracle:changePassword',
      'oracle:execute',
      'oracle:execute',
      'oracle:execute',
      'oracle:fetch',
      'oracle:commit',
      'oracle:rollback',
      'oracle:ping',
      'oracle:logoff',
    ]);
  });

  test.each<[string, Fault, string]>([
    ['oracle:connect', { kind: 'refuse' }, 'ORA-12528'],
    ['oracle:connect', { kind: 'refuse', code: 'ORA-12541' }, 'ORA-12541'],
    ['oracle:connect', { kind: 'throttle' }, 'ORA-12516'],
    [
      'oracle:logon',
      { kind: 'refuse' },
      'ORA-01033: ORACLE initialization or shutdown in progress',
    ],
    ['oracle:logon', { kind: 'refuse', code: 'ORA-28000' }, 'ORA-28000: the account is locked'],
    ['oracle:logon', { kind: 'throttle' }, 'ORA-00018'],
  ])('fails when %s meets %j, and nothing is logged in', async (call, fault, message) => {
    strike(call, fault);

    await expect(connect(ONE)).rejects.toThrow(message);
    expect(server.journal).toHaveLength(1);
    expect(accounts.refusedLogins('APP')).toBe(0);
    await (await connect(ONE)).close();
  });

  test.each<[Fault, string]>([
    [{ kind: 'refuse' }, 'ORA-00604'],
    [{ kind: 'refuse', code: 'ORA-28003' }, 'ORA-28003: password verification'],
    [
      { kind: 'refuse', code: 'ORA-28219', message: 'the mandatory profile' },
      'ORA-28219: the mandatory profile',
    ],
    [{ kind: 'throttle' }, 'ORA-02393'],
  ])('fails when a change meets %j, and the password stays', async (fault, message) => {
    const connection = await connect(ONE);
    strike('oracle:changePassword', fault);

    await expect(connection.changePassword('app', ONE, TWO)).rejects.toThrow(message);
    expect(opens(ONE)).toBe(true);
    await connection.changePassword('app', ONE, TWO);
    expect(opens(TWO)).toBe(true);
    await connection.close();
  });

  test.each(['ORA-00028', 'ORA-00600', 'ORA-03113'])(
    'fails with a closed session after %s',
    async (code) => {
      const connection = await connect(ONE);
      strike('oracle:execute', { kind: 'refuse', code });

      await expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
        code: 'NJS-500',
        message: expect.stringContaining(code) as string,
      });
      expect(connection.isHealthy()).toBe(false);
      await connection.close();
    },
  );

  test.each<[Fault['kind'], boolean]>([
    ['loseRequest', false],
    ['loseReply', true],
    ['cut', true],
  ])('a change that meets %s fails as a broken line, and took effect: %s', async (kind, isDone) => {
    const connection = await connect(ONE);
    strike('oracle:changePassword', { kind } as Fault);

    await expect(connection.changePassword('app', ONE, TWO)).rejects.toMatchObject({
      code: 'NJS-500',
    });
    expect([opens(ONE), opens(TWO)]).toEqual([!isDone, isDone]);
  });

  test.each<[Fault['kind'], boolean]>([
    ['loseRequest', false],
    ['loseReply', true],
    ['cut', true],
  ])(
    'an ALTER USER that meets %s fails as a broken line, and took effect: %s',
    async (kind, isDone) => {
      const connection = await connect(ONE);
      const statement = `ALTER USER app IDENTIFIED BY "${TWO}" REPLACE "${ONE}"`;
      strike('oracle:execute', { kind } as Fault);

      await expect(connection.execute(statement)).rejects.toMatchObject({ code: 'NJS-500' });
      expect([opens(ONE), opens(TWO)]).toEqual([!isDone, isDone]);
      expect(server.sqlTexts).toEqual([statement]);
    },
  );

  test.each<[string, Fault['kind'], number]>([
    ['oracle:connect', 'loseRequest', 0],
    ['oracle:connect', 'loseReply', 0],
    ['oracle:connect', 'cut', 0],
    ['oracle:logon', 'loseRequest', 0],
    ['oracle:logon', 'loseReply', 1],
    ['oracle:logon', 'cut', 1],
  ])('fails as a broken line when %s meets %s', async (call, kind, logons) => {
    strike(call, { kind } as Fault);

    await expect(connect(ONE)).rejects.toMatchObject({
      code: expect.stringMatching(/^NJS-5/) as string,
    });
    expect(server.journal.filter((entry) => entry.kind === 'logon')).toHaveLength(logons);
  });

  test.each(['oracle:connect', 'oracle:logon'])(
    'hangs at %s until the server closes',
    async (call) => {
      strike(call, { kind: 'hang' });

      const attempt = connect(ONE);
      const outcome = expect(attempt).rejects.toMatchObject({
        code: expect.stringMatching(/^NJS-5/) as string,
      });
      await arrived(call);
      expect(await Promise.race([attempt, setImmediate('open')])).toBe('open');
      await server.close();
      await outcome;
      expect(server.journal).toEqual([]);
    },
  );

  test('a delayed change takes effect at once and is answered later', async () => {
    const connection = await connect(ONE);
    strike('oracle:changePassword', { kind: 'delay', delayMs: 20 });

    const change = connection.changePassword('app', ONE, TWO);
    await arrived('oracle:changePassword');
    expect(opens(TWO)).toBe(true);
    await change;
    await connection.close();
  });

  test('closing does not wait for answers that are still delayed', async () => {
    const connection = await connect(ONE);
    strike('oracle:execute', { kind: 'delay', delayMs: HOUR_MS });

    const outcome = expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
      code: 'NJS-500',
    });
    await arrived('oracle:execute');
    await server.close();
    await outcome;
  });

  test.each<Fault>([{ kind: 'hang' }, { kind: 'delay', delayMs: HOUR_MS }])(
    'a call that meets %j can be timed out by the client, and the session goes on',
    async (fault) => {
      const connection = await connect(ONE);
      connection.callTimeout = 20;
      strike('oracle:execute', fault);

      await expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
        code: 'NJS-123',
      });
      connection.callTimeout = 0;
      expect((await connection.execute('SELECT 2 FROM DUAL')).rows).toEqual([[2]]);
      await connection.close();
    },
  );

  test('an answer that would have come after a time-out never comes', async () => {
    const connection = await connect(ONE);
    strike('oracle:execute', { kind: 'delay', delayMs: 60 });
    const until = Date.now() + 90;
    connection.callTimeout = 10;

    await expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
      code: 'NJS-123',
    });
    connection.callTimeout = 0;
    for (let n = 2; n === 2 || Date.now() < until; n += 1) {
      expect((await connection.execute(`SELECT ${n} FROM DUAL`)).rows).toEqual([[n]]);
    }
    await connection.close();
  });

  test('a call can be broken off by the client, and the session goes on', async () => {
    const connection = await connect(ONE);
    strike('oracle:execute', { kind: 'hang' });

    const outcome = expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
      code: 'ORA-01013',
    });
    await arrived('oracle:execute');
    await connection.break();
    await outcome;
    expect((await connection.execute('SELECT 2 FROM DUAL')).rows).toEqual([[2]]);
    await connection.close();
  });

  test('a lost logoff leaves nothing behind', async () => {
    const connection = await connect(ONE);
    strike('oracle:logoff', { kind: 'loseReply' });

    await connection.close().catch(() => undefined);
    expect(server.journal.at(-1)).toEqual({ kind: 'logoff', user: 'APP' });
  });
});

describe('a server without any client of the driver', () => {
  let socket: Socket;
  let gone: Promise<unknown>;

  beforeEach(async () => {
    accounts = new Accounts({
      now: () => 0,
      makeVerifier: TwelveCVerifier.maker({ rounds: FEW_ROUNDS }),
    });
    server = await OracleServer.start({ protocol: 'tcp', serviceName: 'app_tp', accounts });
    socket = connectSocket({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    // Half open: what ends the connection is the server.
    gone = new Promise((resolve) => {
      socket.once('end', resolve).once('error', resolve).resume();
    });
    await once(socket, 'connect');
  });

  afterEach(async () => {
    socket.destroy();
    await server.close();
  });

  test('ends the connection that it refuses', async () => {
    const packet = Buffer.alloc(74);
    packet.writeUInt16BE(74);
    packet[4] = 1;
    packet.writeUInt16BE(74, 26);
    socket.write(packet);

    await gone;
    expect(server.journal).toEqual([{ kind: 'refusedConnect', ora: 12504 }]);
  });

  test('drops the connection that it cannot decode', async () => {
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.padEnd(0x4745, ' '));

    await gone;
    expect(server.journal).toEqual([{ kind: 'undecodable', reason: 'expected a CONNECT packet' }]);
  });

  test('closes though a client says nothing', async () => {
    await server.close();
    await gone;
    expect(server.journal).toEqual([]);
    server = await OracleServer.start({ protocol: 'tcp', serviceName: 'app_tp', accounts });
  });
});
