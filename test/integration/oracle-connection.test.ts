import {
  ConfigurationError,
  DatabaseTlsError,
  DatabaseUnreachableError,
} from '../../lambda/domain/errors.ts';
import { openWallet, type OracleWallet } from '../../lambda/adapters/oracle-wallet.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { makeWallet } from '../../local/oracle/wallet.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { Time } from './database-time.ts';
import { Listener, type ListenerOptions } from './listener.ts';
import { OracleBed, type BedChanges } from './oracle-bed.ts';
import { Relay } from './relay.ts';

const WALLET_PASSWORD = 'wallet-password-1';

let closings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closings) await close();
  closings = [];
});

async function makeBed(changes: BedChanges = {}): Promise<OracleBed> {
  const bed = await OracleBed.make(changes);
  closings.push(async () => {
    await bed.server.close();
  });
  return bed;
}

async function makeListener(options: ListenerOptions = {}): Promise<Listener> {
  const listener = await Listener.start(options);
  closings.push(async () => {
    await listener.close();
  });
  return listener;
}

async function makeRelay(bed: OracleBed): Promise<Relay> {
  const relay = await Relay.start(bed.server.port);
  closings.push(async () => {
    await relay.close();
  });
  return relay;
}

/** The wallet of a client, read as the function reads it. */
async function walletOf(
  clientCa: CertificateAuthority,
  serverCa = clientCa,
): Promise<OracleWallet> {
  const wallet = makeWallet({
    identity: await clientCa.issue({ commonName: 'app' }),
    caPem: serverCa.certificatePem,
    password: WALLET_PASSWORD,
  });
  const stored = { bytes: Buffer.from(wallet), password: WALLET_PASSWORD };
  const clock = { now: () => Date.now() };
  const context = { subject: 'adb', redactor: new Redactor(), clock };
  return await openWallet(stored, { sha256: undefined, context });
}

describe('one-way TLS', () => {
  test('opens a server of a private CA, by name and by address', async () => {
    const bed = await makeBed();
    for (const host of ['localhost', '127.0.0.1']) {
      await (await open(bed.makeDatabase({ config: { host } }), 'app')).close();
    }
  });

  test('opens it twice at the same time', async () => {
    const database = (await makeBed()).makeDatabase();
    const sessions = await Promise.all([open(database, 'app'), open(database, 'app')]);
    for (const session of sessions) await session.close();
  });

  test('fails when the certificate is of another CA, or of none that is public', async () => {
    const bed = await makeBed();
    const other = await CertificateAuthority.create('Another CA');
    for (const trust of [{ ca: other.certificatePem }, 'system'] as const) {
      const error = await failureOf(bed.makeDatabase({ trust }).login(credential('app')));
      expect(error).toBeInstanceOf(DatabaseTlsError);
      expect(error.message).toContain('could not be made safe (NJS-506)');
    }
    expect(bed.faults.calls).toEqual([]);
  });

  test('does not trust the private CA for another database', async () => {
    const ca = await CertificateAuthority.create('Another CA');
    const [one, other] = [await makeBed(), await makeBed({ ca })];
    await (await open(one.makeDatabase(), 'app')).close();
    const error = await failureOf(
      one.makeDatabase({ config: { port: other.server.port } }).login(credential('app')),
    );
    expect(error).toBeInstanceOf(DatabaseTlsError);
  });

  test('fails when the certificate is for another host', async () => {
    const bed = await makeBed({ hosts: ['scan.example'] });
    const error = await failureOf(bed.makeDatabase().login(credential('app')));
    expect(error).toBeInstanceOf(DatabaseTlsError);
    expect(String(error.cause)).toContain('not present in certificate');
    expect(bed.faults.calls).toEqual([]);
  });

  test('fails when the certificate has expired', async () => {
    const bed = await makeBed({ notAfter: new Date('2025-01-01T00:00:00Z') });
    await expect(bed.makeDatabase().login(credential('app'))).rejects.toThrow(DatabaseTlsError);
    expect(bed.faults.calls).toEqual([]);
  });

  test('fails when the server wants a client certificate, which it says by hanging up', async () => {
    const bed = await makeBed({ isMutual: true });
    const error = await failureOf(bed.makeDatabase().login(credential('app')));
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect(error.remedy).toContain('check the wallet');
    expect(bed.faults.calls).toEqual([]);
  });
});

describe('mutual TLS', () => {
  test('opens the server with a wallet', async () => {
    const bed = await makeBed({ isMutual: true });
    const session = await open(bed.makeDatabase({ trust: await walletOf(bed.ca) }), 'app');
    await session.check();
    await session.close();
  });

  test('fails when the wallet is of another CA than the server', async () => {
    const bed = await makeBed({ isMutual: true });
    const other = await CertificateAuthority.create('Another CA');
    const wallet = await walletOf(bed.ca, other);
    await expect(bed.makeDatabase({ trust: wallet }).login(credential('app'))).rejects.toThrow(
      DatabaseTlsError,
    );
  });

  test("fails when the server does not take the wallet's certificate", async () => {
    const bed = await makeBed({ isMutual: true });
    const other = await CertificateAuthority.create('Another CA');
    const wallet = await walletOf(other, bed.ca);
    const error = await failureOf(bed.makeDatabase({ trust: wallet }).login(credential('app')));
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect(error.remedy).toContain('check the wallet');
    expect(bed.faults.calls).toEqual([]);
  });

  test('fails when the driver cannot open the wallet, should one get past the checks', async () => {
    const bed = await makeBed({ isMutual: true });
    const { wallet } = await walletOf(bed.ca);
    const database = bed.makeDatabase({ trust: { wallet, password: 'another-password' } });
    const error = await failureOf(database.login(credential('app')));
    expect(error).toBeInstanceOf(DatabaseTlsError);
    expect(error.message).toContain('NJS-505');
  });
});

describe('redirects', () => {
  test('follows the listener to another address over TLS', async () => {
    const node = await makeBed();
    const redirectTo = { protocol: 'tcps', host: 'localhost', port: node.server.port } as const;
    const scan = await makeBed({ ca: node.ca, redirectTo });
    const session = await open(scan.makeDatabase(), 'app');
    await session.check();
    await session.close();
    expect(node.faults.calls).toContain('oracle:logon');
  });

  test('fails when the listener sends it to an address without TLS, and sends that nothing', async () => {
    const node = await makeListener();
    const redirectTo = { protocol: 'tcp', host: '127.0.0.1', port: node.port } as const;
    const scan = await makeBed({ redirectTo });
    const error = await failureOf(scan.makeDatabase().login(credential('app')));
    expect(error).toBeInstanceOf(DatabaseTlsError);
    expect(error.message).toContain('sent the client on to an address without TLS');
    expect(node.seen).toBe('');
  });
});

describe('a server that gives no usable answer', () => {
  test('fails when nothing listens, and when the name does not exist', async () => {
    const bed = await makeBed();
    for (const config of [{ port: 1 }, { host: 'nowhere.invalid' }]) {
      await expect(bed.makeDatabase({ config }).login(credential('app'))).rejects.toThrow(
        DatabaseUnreachableError,
      );
    }
  });

  test('fails when the service is not known, with one attempt', async () => {
    const bed = await makeBed();
    const database = bed.makeDatabase({ config: { serviceName: 'another' } });
    await expect(database.login(credential('app'))).rejects.toThrow(DatabaseUnreachableError);
    expect(bed.faults.calls).toEqual(['oracle:connect']);
  });

  test('fails when it speaks no TLS', async () => {
    const listener = await makeListener({ greeting: 'not Oracle' });
    const bed = await makeBed();
    const database = bed.makeDatabase({ config: { port: listener.port, host: '127.0.0.1' } });
    await expect(database.login(credential('app'))).rejects.toThrow(DatabaseTlsError);
  });

  test('fails when it never answers the TLS handshake, after the time there is', async () => {
    const listener = await makeListener();
    const bed = await makeBed();
    const database = bed.makeDatabase({
      config: { port: listener.port, host: '127.0.0.1' },
      time: new Time().leave(300),
    });
    await expect(database.login(credential('app'))).rejects.toThrow(DatabaseUnreachableError);
    await expect(listener.idle()).resolves.toBeUndefined();
  });

  test.each(['oracle:connect', 'oracle:logon'])(
    'fails when it falls silent at %s, after the time there is, and leaves no connection',
    async (call) => {
      const bed = await makeBed();
      const relay = await makeRelay(bed);
      bed.faults.add({ call, fault: { kind: 'hang' } });
      const time = new Time().leave(600);
      const database = bed.makeDatabase({ time, config: { port: relay.port } });
      await expect(database.login(credential('app'))).rejects.toThrow(DatabaseUnreachableError);
      await relay.idle();
    },
  );

  test('closes a session at once when the server is silent', async () => {
    const bed = await makeBed();
    const session = await open(bed.makeDatabase(), 'app');
    bed.faults.add({ call: 'oracle:logoff', fault: { kind: 'hang' } });
    const startedAtMs = performance.now();
    await session.close();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  test('fails when a session is lost', async () => {
    const bed = await makeBed();
    const session = await open(bed.makeDatabase(), 'app');
    await bed.server.close();
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    await session.close();
  });

  test('fails when a call is not answered, the interrupt included, and ends the connection', async () => {
    const bed = await makeBed();
    const relay = await makeRelay(bed);
    const time = new Time();
    const session = await open(bed.makeDatabase({ time, config: { port: relay.port } }), 'app');
    relay.blackhole();
    time.leave(700);
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    await relay.idle();
    await session.close();
  });
});

describe('the descriptor', () => {
  test.each([
    [{ host: 'db)(PROTOCOL=TCP' }, '"host" has characters'],
    [{ serviceName: 'app)(SID=x' }, '"serviceName" has characters'],
  ])('fails when the configuration has %j', async (config, finding) => {
    const bed = await makeBed();
    const error = await failureOf(bed.makeDatabase({ config }).login(credential('app')));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(finding);
    expect(bed.faults.calls).toEqual([]);
  });
});
