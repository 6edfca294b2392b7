import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer, type ListenerAddress } from '../../local/oracle/oracle-server.ts';
import { makeWallet } from '../../local/oracle/wallet.ts';

const oracledb = await loadOracleDriver();
const HOUR_MS = 3_600_000;
const PASSWORD = 'Example_Passw0rd_one';
const WALLET_PASSWORD = 'Example_wallet_0';

const CHILD = `
import oracledb from 'oracledb';
const [password, ...connectStrings] = process.argv.slice(1);
const sql = "SELECT SYS_CONTEXT('USERENV','NETWORK_PROTOCOL') FROM DUAL";
const outcomes = [];
for (const connectString of connectStrings) {
  try {
    const connection = await oracledb.getConnection({ user: 'app', password, connectString });
    outcomes.push((await connection.execute(sql)).rows[0][0]);
    await connection.close();
  } catch (error) {
    outcomes.push(error.code);
  }
}
console.log(JSON.stringify(outcomes));
`;

let ca: CertificateAuthority;
let otherCa: CertificateAuthority;
let serverIdentity: Identity;
let clientIdentity: Identity;
let strangerIdentity: Identity;
let accounts: Accounts<TwelveCVerifier>;
const servers: OracleServer[] = [];

beforeAll(async () => {
  ca = await CertificateAuthority.create('database CA');
  otherCa = await CertificateAuthority.create('other CA');
  serverIdentity = await ca.issue({ commonName: 'database', hosts: ['127.0.0.1', 'localhost'] });
  clientIdentity = await ca.issue({ commonName: 'client' });
  strangerIdentity = await otherCa.issue({ commonName: 'stranger' });
});

beforeEach(() => {
  accounts = new Accounts({ now: Date.now, makeVerifier: TwelveCVerifier.maker() });
  accounts.createUser({ name: 'APP', password: PASSWORD });
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(
  options: {
    clientCaPem?: string;
    identity?: Identity;
    redirectTo?: ListenerAddress;
    faults?: FaultPlan;
  } = {},
): Promise<OracleServer> {
  const server = await OracleServer.start({
    protocol: 'tcps',
    serviceName: 'app_tp',
    identity: serverIdentity,
    accounts,
    ...options,
  });
  servers.push(server);
  return server;
}

function walletOf(identity: Identity, trusted: CertificateAuthority = ca): string {
  return makeWallet({ identity, caPem: trusted.certificatePem, password: WALLET_PASSWORD });
}

async function connect(
  connectString: string,
  options: Partial<OracleDB.ConnectionAttributes>,
): Promise<OracleDB.Connection> {
  return await oracledb.getConnection({
    user: 'app',
    password: PASSWORD,
    walletPassword: WALLET_PASSWORD,
    connectString,
    ...options,
  });
}

function timerCount(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

/** What the server says of the protocol that the session came in by. */
async function protocolOf(connection: OracleDB.Connection): Promise<unknown> {
  const { rows } = await connection.execute(
    "SELECT SYS_CONTEXT('USERENV','NETWORK_PROTOCOL') FROM DUAL",
  );
  await connection.close();
  return rows;
}

/**
 * Connects in a process of its own, which trusts the CA from its start: without a wallet, the driver trusts what Node
 * trusts. Gives the protocol or the error's code, one for each.
 */
async function connectWithoutWallet(connectStrings: readonly string[]): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'oracle-server-'));
  try {
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, ca.certificatePem);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', CHILD, PASSWORD, ...connectStrings],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile } },
    );
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('one-way TLS', () => {
  test.each(['127.0.0.1', 'localhost'])(
    'lets a client in that trusts the CA, at %s',
    async (host) => {
      const server = await start();
      // The driver wants a key beside the CA, which this server never asks for.
      const walletContent = walletOf(strangerIdentity);

      expect(
        await protocolOf(await connect(server.connectStringFor(host), { walletContent })),
      ).toEqual([['tcps']]);
      expect(server.journal).toEqual([
        { kind: 'logon', user: 'APP', verifier: '12C' },
        { kind: 'logoff', user: 'APP' },
      ]);
    },
  );

  test.each(['19c', '23ai', '23ai-classic'] as const)('speaks the %s dialect', async (dialect) => {
    const server = await OracleServer.start({
      protocol: 'tcps',
      serviceName: 'app_tp',
      identity: serverIdentity,
      accounts,
      dialect,
    });
    servers.push(server);
    const connection = await connect(server.connectString, {
      walletContent: walletOf(clientIdentity),
    });

    await connection.changePassword('app', PASSWORD, 'Example_Passw0rd_two');
    expect(await protocolOf(connection)).toEqual([['tcps']]);
    expect(accounts.login('APP', 'Example_Passw0rd_two').verifier).toBe('12C');
  });

  test('fails with NJS-506 for a client that trusts another CA', async () => {
    const server = await start();
    const walletContent = walletOf(clientIdentity, otherCa);

    await expect(connect(server.connectString, { walletContent })).rejects.toMatchObject({
      code: 'NJS-506',
    });
    await expect(connect(server.connectString, {})).rejects.toMatchObject({ code: 'NJS-506' });
    expect(server.journal).not.toContainEqual(expect.objectContaining({ kind: 'logon' }));
  });

  test('fails with NJS-506 for a host name that is not in the certificate', async () => {
    const identity = await ca.issue({ commonName: 'database', hosts: ['db.example.com'] });
    const server = await start({ identity });
    const walletContent = walletOf(clientIdentity);

    await expect(connect(server.connectString, { walletContent })).rejects.toMatchObject({
      code: 'NJS-506',
      message: expect.stringContaining('NJS-508') as string,
    });
  });

  test('fails with NJS-506 for a certificate that is no longer valid', async () => {
    const notAfter = new Date('2020-01-01T00:00:00Z');
    const identity = await ca.issue({ commonName: 'database', hosts: ['127.0.0.1'], notAfter });
    const server = await start({ identity });

    await expect(
      connect(server.connectString, { walletContent: walletOf(clientIdentity) }),
    ).rejects.toMatchObject({
      code: 'NJS-506',
      message: expect.stringContaining('expired') as string,
    });
  });

  test('fails for a client that speaks without TLS', async () => {
    const server = await start();
    const connectString = server.connectString.replace('TCPS', 'TCP');

    await expect(connect(connectString, {})).rejects.toMatchObject({ code: 'NJS-500' });
    expect(server.journal).toMatchObject([{ kind: 'tlsFailure' }]);
  });
});

describe('closing', () => {
  test('does not wait for a client that never begins the handshake', async () => {
    const server = await start();
    const socket = connectSocket(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const closed = once(socket, 'close');

    await server.close();
    await closed;
    servers.length = 0;
  });

  test('leaves no timer of an answer that is still delayed', async () => {
    const faults = new FaultPlan();
    const server = await start({ faults });
    const walletContent = walletOf(clientIdentity);
    const connection = await connect(server.connectString, { walletContent });
    const timers = timerCount();
    faults.add({ call: 'oracle:execute', fault: { kind: 'delay', delayMs: HOUR_MS } });
    const outcome = expect(connection.execute('SELECT 1 FROM DUAL')).rejects.toMatchObject({
      code: 'NJS-500',
    });
    while (!faults.calls.includes('oracle:execute')) await setImmediate();

    expect(timerCount()).toBe(timers + 1);
    await server.close();
    expect(timerCount()).toBe(timers);
    await outcome;
    servers.length = 0;
  });
});

describe('mutual TLS', () => {
  test('lets a client in with a wallet of the CA', async () => {
    const server = await start({ clientCaPem: ca.certificatePem });
    const walletContent = walletOf(clientIdentity);

    expect(await protocolOf(await connect(server.connectString, { walletContent }))).toEqual([
      ['tcps'],
    ]);
  });

  test('fails with NJS-505 for another wallet password', async () => {
    const server = await start({ clientCaPem: ca.certificatePem });
    const walletContent = walletOf(clientIdentity);
    const walletPassword = 'Example_wallet_1';

    await expect(
      connect(server.connectString, { walletContent, walletPassword }),
    ).rejects.toMatchObject({ code: 'NJS-505' });
  });

  test('fails for a client whose certificate is of another CA, and says so in the journal', async () => {
    const server = await start({ clientCaPem: ca.certificatePem });
    const walletContent = walletOf(strangerIdentity);

    await expect(connect(server.connectString, { walletContent })).rejects.toMatchObject({
      code: expect.stringMatching(/^NJS-50[06]$/) as string,
    });
    expect(server.journal).toMatchObject([{ kind: 'tlsFailure' }]);
  });

  test('fails for a client without a certificate, which one-way TLS lets in', async () => {
    const mutual = await start({ clientCaPem: ca.certificatePem });
    const oneWay = await start();

    expect(await connectWithoutWallet([mutual.connectString, oneWay.connectString])).toEqual([
      'NJS-500',
      'tcps',
    ]);
    expect(mutual.journal).toMatchObject([{ kind: 'tlsFailure' }]);
  });
});

describe('a redirect', () => {
  test('sends a client on to another listener, which it verifies as well', async () => {
    const node = await start();
    const redirectTo = { protocol: 'tcps', host: '127.0.0.1', port: node.port } as const;
    const scan = await start({ redirectTo });
    const walletContent = walletOf(clientIdentity);

    expect(await protocolOf(await connect(scan.connectString, { walletContent }))).toEqual([
      ['tcps'],
    ]);
    expect(scan.journal).toEqual([{ kind: 'redirect' }]);
    expect(node.journal).toContainEqual({ kind: 'logon', user: 'APP', verifier: '12C' });
  });

  test('fails with NJS-506 when the other listener is not trusted', async () => {
    const identity = await otherCa.issue({ commonName: 'database', hosts: ['127.0.0.1'] });
    const node = await start({ identity });
    const redirectTo = { protocol: 'tcps', host: '127.0.0.1', port: node.port } as const;
    const scan = await start({ redirectTo });

    await expect(
      connect(scan.connectString, { walletContent: walletOf(clientIdentity) }),
    ).rejects.toMatchObject({ code: 'NJS-506' });
    expect(node.journal).not.toContainEqual(expect.objectContaining({ kind: 'logon' }));
  });

  test('fails with NJS-518 when the other listener does not know the service', async () => {
    const node = await OracleServer.start({
      protocol: 'tcps',
      serviceName: 'other_tp',
      identity: serverIdentity,
      accounts,
    });
    servers.push(node);
    const redirectTo = { protocol: 'tcps', host: '127.0.0.1', port: node.port } as const;
    const scan = await start({ redirectTo });

    await expect(
      connect(scan.connectString, { walletContent: walletOf(clientIdentity) }),
    ).rejects.toMatchObject({ code: 'NJS-518' });
  });
});
