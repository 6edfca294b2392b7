import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Server } from 'node:net';
import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { DIALECTS } from '../../local/oracle/dialects.ts';
import { FEW_ROUNDS, TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../../local/oracle/oracle-server.ts';

const oracledb = await loadOracleDriver();
const PASSWORD = 'Example_Passw0rd_one';
const SEED = Number(process.env['SEED'] ?? 20_261_120);
const REPLAYS = 100;

let accounts: Accounts<TwelveCVerifier>;
let server: OracleServer;
let between: Server;
/** What the client sent through `between`, as it came. */
let sent: Buffer[];
/** What `between` makes of an answer. */
let alter: (answer: Buffer) => Buffer;

/** Always the same bytes, so that a recorded logon is right a second time. */
function sameBytes(size: number): Buffer {
  return Buffer.alloc(size, 'sixteen bytes 16');
}

/** A random generator (mulberry32), good enough to damage things, and the same for the same seed. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function damaged(conversation: Buffer, random: (limit: number) => number): Buffer {
  const bytes = Buffer.from(conversation);
  for (let count = 1 + random(4); count > 0; count -= 1) bytes[random(bytes.length)] = random(256);
  return random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Sends everything at once and waits until the server ends the connection, or has nothing more to say. */
async function replay(conversation: Buffer): Promise<void> {
  const socket = connectSocket(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(conversation);
  await once(socket, 'close');
}

async function connectBetween(): Promise<OracleDB.Connection> {
  const { port } = between.address() as AddressInfo;
  const connectString = server.connectString.replace(String(server.port), String(port));
  return await oracledb.getConnection({ user: 'app', password: PASSWORD, connectString });
}

describe.each(DIALECTS)('the %s dialect', (dialect) => {
  beforeEach(async () => {
    accounts = new Accounts({
      now: () => Date.UTC(2026, 10, 20, 12),
      makeVerifier: TwelveCVerifier.maker({ randomBytes: sameBytes, rounds: FEW_ROUNDS }),
    });
    accounts.createProfile('PATIENT', { failedLoginAttempts: Infinity });
    accounts.createUser({ name: 'APP', password: PASSWORD, profile: 'PATIENT' });
    const options = { dialect, serviceName: 'app_tp', accounts, randomBytes: sameBytes };
    server = await OracleServer.start({ protocol: 'tcp', ...options });
    sent = [];
    alter = (answer) => answer;
    between = createServer((client) => {
      const upstream = connectSocket(server.port, '127.0.0.1');
      client.on('data', (chunk: Buffer) => {
        sent.push(chunk);
        upstream.write(chunk);
      });
      upstream.on('data', (chunk: Buffer) => client.write(alter(chunk)));
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => undefined);
        one.on('close', () => other.destroy());
      }
    });
    between.listen(0, '127.0.0.1');
    await once(between, 'listening');
  });

  afterEach(async () => {
    await server.close();
    between.close();
    await once(between, 'close');
  });

  function replaceText(text: string, replacement: (at: number, answer: Buffer) => void): void {
    alter = (answer) => {
      const at = answer.indexOf(text);
      if (at >= 0) replacement(at, answer);
      return answer;
    };
  }

  test('fails with NJS-173 when the proof of the server is forged', async () => {
    // Behind the name stand two lengths; the digit is in the first block, on which the second depends.
    replaceText('AUTH_SVR_RESPONSE', (at, answer) => {
      const digit = at + 'AUTH_SVR_RESPONSE'.length + 8;
      answer.write(answer.toString('latin1', digit, digit + 1) === '0' ? '1' : '0', digit);
    });
    await expect(connectBetween()).rejects.toMatchObject({ code: 'NJS-173' });
  });

  test('fails with NJS-173 when the proof of the server is missing', async () => {
    replaceText('AUTH_SVR_RESPONSE', (at, answer) => answer.write('AUTH_SVR_RESPONSX', at));
    await expect(connectBetween()).rejects.toMatchObject({ code: 'NJS-173' });
  });

  test('fails with ORA-01017 when client and server disagree on the derivation', async () => {
    replaceText('AUTH_PBKDF2_SDER_COUNT', (at, answer) => {
      answer.write('4', answer.indexOf('3', at + 'AUTH_PBKDF2_SDER_COUNT'.length));
    });
    await expect(connectBetween()).rejects.toMatchObject({ code: 'ORA-01017' });
  });

  test('a recorded conversation is understood a second time', async () => {
    const connection = await connectBetween();
    await connection.execute('SELECT :1 FROM DUAL', ['x']);
    await connection.close();
    const before = server.journal.length;
    await replay(Buffer.concat(sent));

    expect(server.journal.slice(before)).toEqual([
      { kind: 'logon', user: 'APP', verifier: '12C' },
      { kind: 'logoff', user: 'APP' },
    ]);
    expect(server.sqlTexts).toEqual(['SELECT :1 FROM DUAL', 'SELECT :1 FROM DUAL']);
  });

  test(`${REPLAYS} damaged conversations leave the server serving (SEED=${SEED})`, async () => {
    const connection = await connectBetween();
    connection.module = 'damage';
    await connection.execute('SELECT :1, USER FROM DUAL', ['x'.repeat(300)]);
    await connection.execute('SELECT * FROM USER_PASSWORD_LIMITS');
    // A wrong old password: a damaged message must not change the password by chance.
    await expect(
      connection.changePassword('app', 'Example_Passw0rd_two', PASSWORD),
    ).rejects.toMatchObject({ code: 'ORA-28008' });
    await connection.close();
    const conversation = Buffer.concat(sent);
    const random = randomFrom(SEED);
    for (let count = 0; count < REPLAYS; count += 1) await replay(damaged(conversation, random));

    const reasons = server.journal.flatMap((entry) =>
      entry.kind === 'undecodable' ? [entry.reason] : [],
    );
    expect(reasons.length).toBeGreaterThan(10);
    // A flaw of the server's own would be recorded by its place in the code.
    expect(reasons.filter((reason) => reason.includes('    at '))).toEqual([]);
    const after = await connectBetween();
    expect((await after.execute('SELECT USER FROM DUAL')).rows).toEqual([['APP']]);
    await after.close();
  });
});
