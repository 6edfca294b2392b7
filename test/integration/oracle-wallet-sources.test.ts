import type { WalletSource } from '../../config/wallet-config.ts';
import { composeDatabase } from '../../lambda/compose-database.ts';
import type { Database } from '../../lambda/ports/database.ts';
import type { Identity } from '../../local/certificate-authority.ts';
import { makePkcs12Wallet, makeWallet, makeWalletZip } from '../../local/oracle/wallet.ts';
import { PLACES, WALLET_PASSWORD, WalletBed } from '../contract/wallet-bed.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { OracleBed, SERVICE_NAME } from './oracle-bed.ts';

let oracle: OracleBed;
let bed: WalletBed;
let client: Identity;
let rsaClient: Identity;

beforeAll(async () => {
  oracle = await OracleBed.make({ isMutual: true });
  bed = await WalletBed.start();
  client = await oracle.ca.issue({ commonName: 'app' });
  rsaClient = await oracle.ca.issue({ commonName: 'app', keys: 'rsa' });
});

afterAll(async () => {
  await bed.close();
  await oracle.server.close();
});

/** The database as the function puts it together, with a wallet that it reads itself. */
function databaseWith(trust: WalletSource): Database {
  return composeDatabase(
    {
      name: 'adb',
      engine: 'oracle',
      host: 'localhost',
      port: oracle.server.port,
      serviceName: SERVICE_NAME,
      trust,
    },
    { ...bed.parts(), strategy: { kind: 'single-user' } },
  );
}

function wallet(identity = client): { identity: Identity; caPem: string; password: string } {
  return { identity, caPem: oracle.ca.certificatePem, password: WALLET_PASSWORD };
}

async function expectLogin(source: WalletSource): Promise<void> {
  const session = await open(databaseWith(source), 'app');
  await session.check();
  await session.close();
}

describe.each(PLACES)('with a wallet from %s, mutual TLS opens the database', (place) => {
  test('as a zip with PEM in it', async () => {
    await expectLogin(bed.store(place, makeWalletZip({ 'ewallet.pem': makeWallet(wallet()) })));
  });

  test('as a zip with PKCS#12 of an RSA key only, as dedicated ones may be', async () => {
    const p12 = makePkcs12Wallet({ ...wallet(rsaClient), scheme: 'old' });
    await expectLogin(bed.store(place, makeWalletZip({ 'ewallet.p12': p12, 'cwallet.sso': 'x' })));
  });
});

test('with PKCS#12 as it is, mutual TLS opens the database', async () => {
  await expectLogin(bed.store('s3', makePkcs12Wallet({ ...wallet(), scheme: 'new' })));
});

test('a wallet that could not be read at first is read again at the next login', async () => {
  const source = bed.store('object-storage', Buffer.from(makeWallet(wallet())));
  const database = databaseWith(source);
  bed.faults.add({
    call: 'objectstorage:GetObject',
    fault: { kind: 'refuse', code: 'NotAuthenticated' },
  });
  const error = await failureOf(database.login(credential('app')));
  expect(error.name).toBe('WalletRefusedError');
  await (await open(database, 'app')).close();
});

test('fails when the wallet has expired, before the server is reached', async () => {
  const identity = await oracle.ca.issue({
    commonName: 'app',
    notAfter: new Date('2025-03-01T00:00:00Z'),
  });
  const seen = oracle.faults.calls.length;
  const source = bed.store('s3', Buffer.from(makeWallet(wallet(identity))));
  const error = await failureOf(databaseWith(source).login(credential('app')));
  expect(error.name).toBe('WalletError');
  expect(error.message).toContain('the certificate expired on Mar  1 00:00:00 2025 GMT');
  expect(oracle.faults.calls).toHaveLength(seen);
});
