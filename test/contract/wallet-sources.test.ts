import { inspect } from 'node:util';
import type { OracleConfig } from '../../config/database-config.ts';
import type { WalletSource } from '../../config/wallet-config.ts';
import { composeTrusts, readOracleTrust } from '../../lambda/compose-trust.ts';
import {
  ConfigurationError,
  DeadlineError,
  VaultUnreachableError,
  WalletError,
  WalletRefusedError,
  WalletUnreachableError,
} from '../../lambda/domain/errors.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import type { Fault } from '../../local/faults.ts';
import { makeWallet, makeWalletZip } from '../../local/oracle/wallet.ts';
import {
  BUCKET,
  CALLS,
  KEY,
  PLACES,
  WALLET_PASSWORD,
  WalletBed,
  type Place,
} from './wallet-bed.ts';

const REMOTE = ['s3', 'object-storage', 'url'] as const;
const UNKNOWN_SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:nothing-here-a1B2c3';

let identity: Identity;
let pem: string;
let zip: Buffer;
let bed: WalletBed;

beforeAll(async () => {
  const ca = await CertificateAuthority.create('Wallet CA');
  identity = await ca.issue({
    commonName: 'app',
    notAfter: new Date(Date.now() + 3.5 * 24 * 60 * 60 * 1000),
  });
  pem = makeWallet({ identity, caPem: ca.certificatePem, password: WALLET_PASSWORD });
  zip = makeWalletZip({ 'ewallet.pem': pem });
});

beforeEach(async () => {
  bed = await WalletBed.start();
});

afterEach(async () => {
  await bed.close();
});

function config(trust: WalletSource): OracleConfig {
  const address = { host: 'localhost', port: 2484, serviceName: 'orders_tls' };
  return { name: 'adb', engine: 'oracle', ...address, trust };
}

async function read(source: WalletSource, budget?: TimeBudget): Promise<unknown> {
  return await readOracleTrust(config(source), bed.parts(budget));
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('nothing failed'),
    (thrown: unknown) => thrown,
  );
  return error as Error;
}

/** Where a reader of logs must not find what opens the wallet. */
function expectNoSecretIn(error: Error, ...secrets: readonly string[]): void {
  const shown = inspect(error, { depth: 10, showHidden: true });
  for (const secret of [WALLET_PASSWORD, 'PRIVATE KEY', ...secrets]) {
    expect(shown).not.toContain(secret);
  }
}

describe.each(PLACES)('a wallet from %s', (place) => {
  test('is read with its password', async () => {
    expect(await read(bed.store(place, zip))).toMatchObject({
      wallet: pem,
      password: 'wallet-password-1',
    });
  });

  test('tells when its certificate ends, without the database', async () => {
    const [trust] = composeTrusts([config(bed.store(place, zip))], bed.parts());
    const daysLeft = ((await trust?.endMs()) ?? 0) - Date.now();
    expect(trust?.subject).toBe('adb');
    expect(Math.floor(daysLeft / (24 * 60 * 60 * 1000))).toBe(3);
  });

  test('fails when its digest is not the pinned one', async () => {
    const source = { ...bed.store(place, zip), walletSha256: '0'.repeat(64) };
    const error = await failureOf(read(source));
    expect(error).toBeInstanceOf(WalletError);
    expect(error.message).toContain('the wallet has another digest than "walletSha256" says');
  });

  test('fails when the password does not open it, and names neither', async () => {
    const error = await failureOf(read(bed.store(place, zip, { password: 'another-password' })));
    expect(error).toBeInstanceOf(WalletError);
    expect(error.message).toContain('the private key does not open with the password');
    expectNoSecretIn(error, 'another-password');
  });

  test.each<Fault>([
    { kind: 'loseRequest' },
    { kind: 'loseReply' },
    { kind: 'cut' },
    { kind: 'throttle' },
  ])('outlives one fault of the call: %j', async (fault) => {
    const source = bed.store(place, zip);
    // The password's secret is asked for first.
    bed.faults.add({ call: CALLS[place], fault });
    expect(await read(source)).toMatchObject({ wallet: pem });
  });
});

describe.each(REMOTE)('a wallet from %s', (place) => {
  test('fails when no answer comes, and another attempt can help', async () => {
    const source = bed.store(place, zip);
    bed.faults.add({ call: CALLS[place], fault: { kind: 'loseRequest' }, times: 99 });
    const error = await failureOf(read(source));
    expect(error).toBeInstanceOf(WalletUnreachableError);
    expect(error).toMatchObject({ retryability: 'retryable', subject: 'adb' });
    expectNoSecretIn(error);
  });

  test('fails when it is too large, without reading it to its end', async () => {
    const error = await failureOf(read(bed.store(place, Buffer.alloc(1_048_577, 'x'))));
    expect(error).toBeInstanceOf(WalletError);
    expect(error.message).toContain('has more than 1048576 bytes');
  });

  test('fails when no time is left, and does not ask', async () => {
    const source = bed.store(place, zip);
    const error = await failureOf(read(source, new TimeBudget(() => 100)));
    expect(error).toBeInstanceOf(DeadlineError);
    expect(bed.faults.calls).not.toContain(CALLS[place]);
  });
});

describe('a wallet in S3', () => {
  test('is read in the version that is named', async () => {
    const source = bed.store('s3', zip);
    bed.store('s3', Buffer.from('a newer one, which is none'));
    const walletS3VersionId = '00000000000000000000000000000001';
    expect(await read({ ...source, walletS3VersionId })).toMatchObject({
      wallet: pem,
    });
  });

  test.each([
    [
      'is not there',
      { walletS3Key: 'other.zip' },
      'NoSuchKey',
      'check walletS3Bucket, walletS3Key',
    ],
    [
      'has no such bucket',
      { walletS3Bucket: 'other' },
      'NoSuchBucket',
      'check walletS3Bucket, walletS3Key',
    ],
    ['has no such version', { walletS3VersionId: '9' }, 'NoSuchVersion', 'and walletS3VersionId'],
  ])('fails when it %s', async (_case, change, code, remedy) => {
    const error = await failureOf(read({ ...bed.store('s3', zip), ...change }));
    expect(error).toBeInstanceOf(WalletRefusedError);
    expect(error.message).toContain(`(${code})`);
    expect(error.message).toContain(remedy);
  });

  test('fails when the role may not read it, and says that it may be missing', async () => {
    const source = bed.store('s3', zip);
    bed.faults.add({
      call: 's3:GetObject',
      fault: { kind: 'refuse', code: 'AccessDenied' },
      times: 9,
    });
    const error = await failureOf(read(source));
    expect(error).toBeInstanceOf(WalletRefusedError);
    expect(error.message).toContain(`S3 refused the wallet s3://${BUCKET}/${KEY} (AccessDenied)`);
    expect(error.message).toContain('which S3 does not tell without s3:ListBucket');
  });
});

describe('a wallet in OCI Object Storage', () => {
  test.each([
    ['the object', { walletOciObject: 'other.zip' }, 'GetObject 404 ObjectNotFound'],
    ['the bucket', { walletOciBucket: 'other' }, 'GetObject 404 BucketNotFound'],
  ])(
    'fails when %s is not there, with the policy that it may need',
    async (_case, change, finding) => {
      const error = await failureOf(read({ ...bed.store('object-storage', zip), ...change }));
      expect(error).toBeInstanceOf(WalletRefusedError);
      expect(error.message).toContain(finding);
      expect(error.message).toContain('allow group <group> to read objects in compartment');
    },
  );

  test("fails when OCI does not know the mirror's key", async () => {
    const source = bed.store('object-storage', zip);
    bed.faults.add({
      call: 'objectstorage:GetObject',
      fault: { kind: 'refuse', code: 'NotAuthenticated' },
    });
    const error = await failureOf(read(source));
    expect(error).toBeInstanceOf(WalletRefusedError);
    expect(error.message).toContain('check how the mirror oci signs in to OCI');
  });

  test('fails when there is no such mirror', async () => {
    const source = { ...bed.store('object-storage', zip), walletMirror: 'oci-2' } as WalletSource;
    expect(await failureOf(read(source))).toBeInstanceOf(ConfigurationError);
  });
});

describe('a wallet behind a pre-authenticated URL', () => {
  test('fails when the URL has ended, and shows no part of it', async () => {
    const url = bed.preauthenticate(zip).replace(/\/p\/.{8}/, '/p/elapsed-');
    const error = await failureOf(read(bed.storeUrl(url)));
    expect(error).toBeInstanceOf(WalletRefusedError);
    expect(error.message).toContain(
      'was answered with 404. Next: make a new pre-authenticated URL',
    );
    expectNoSecretIn(error, new URL(url).pathname.slice(0, 40));
  });

  test('hides the URL and its token from then on', async () => {
    const url = bed.preauthenticate(zip);
    await read(bed.storeUrl(url));
    const [, , token = ''] = new URL(url).pathname.split('/');
    expect(token).toHaveLength(64);
    expect(bed.redactor.clean(`GET ${url}`)).toBe('GET [redacted]');
    expect(bed.redactor.clean(`path /p/${token}/n`)).toBe('path /p/[redacted]/n');
  });

  test('fails when it is answered with a redirect, and does not follow it', async () => {
    const { createServer } = await import('node:http');
    const target = bed.preauthenticate(zip);
    const server = createServer((_request, response) => {
      response.writeHead(302, { location: target }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const error = await failureOf(read(bed.storeUrl(`http://127.0.0.1:${port}/p/token/n`)));
    server.close();
    expect(error).toBeInstanceOf(WalletRefusedError);
    expect(error.message).toContain('a redirect (302), which is not followed');
    expect(bed.faults.calls).not.toContain('objectstorage:GetPreauthenticated');
  });

  test.each([
    'http://objectstorage.example/p/a-token-that-opens/n',
    'https://user:hunter22@objectstorage.example/p/a-token-that-opens/n',
    'file:///etc/a-token-that-opens',
    'a-token-that-opens',
  ])('fails when it is not https, or has a user name, and does not quote it: %s', async (url) => {
    const error = await failureOf(read(bed.storeUrl(url)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('"url" in the secret is not an https URL without a user name');
    expectNoSecretIn(error, 'a-token-that-opens', 'hunter22');
  });
});

describe('a secret that a wallet needs', () => {
  test.each<[Place, string]>([
    ['secret', 'walletSecretArn'],
    ['s3', 'walletPasswordSecretArn'],
    ['object-storage', 'walletPasswordSecretArn'],
    ['url', 'walletUrlSecretArn'],
  ])('fails when it is not there: %s', async (place, field) => {
    const source = { ...bed.store(place, zip), [field]: UNKNOWN_SECRET };
    const error = await failureOf(read(source));
    expect(error.name).toBe('VaultRefusedError');
    expect(error.message).toContain(UNKNOWN_SECRET);
  });

  test('fails when Secrets Manager does not answer', async () => {
    const source = bed.store('secret', zip);
    bed.faults.add({ call: CALLS.secret, fault: { kind: 'loseRequest' }, times: 99 });
    expect(await failureOf(read(source))).toBeInstanceOf(VaultUnreachableError);
  });
});
