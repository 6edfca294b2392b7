import { LazyDatabase } from '../../lambda/adapters/lazy.ts';
import { openWallet } from '../../lambda/adapters/oracle-wallet.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database } from '../../lambda/ports/database.ts';
import { rotate } from '../../lambda/rotation/rotate.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { INITIAL_PASSWORD } from '../../local/memory/initial-state.ts';
import { contextOf } from '../../local/memory/invocation.ts';
import { World } from '../../local/memory/world.ts';
import { makeWallet } from '../../local/oracle/wallet.ts';
import { OracleBed } from './oracle-bed.ts';
import type { PostgresBed } from './postgres-bed.ts';
import { usePostgres } from './shared-postgres.ts';

/**
 * Goal: a database that cannot be trusted stops setSecret before any password goes out and before anything changes.
 * Method: a rotation in memory in which one database is the real adapter and a server on a socket.
 */
let world: World;
let versionId: string;

beforeEach(async () => {
  world = new World({ engines: ['oracle', 'postgres'] });
  versionId = await world.begin();
  await world.step('createSecret', versionId);
});

/** What setSecret ends with when `database` stands in the place of the one of its engine. */
async function failureWith(database: Database): Promise<{ name: string; message: string }> {
  const { clock, faults, secretArn } = world;
  const context = contextOf(world, {
    request: { step: 'setSecret', secretArn, versionId },
    requestId: 'request-of-test',
    faults,
    clock,
    endMs: clock.now() + 180_000,
    reporter: { info: () => undefined, warn: () => undefined, metric: () => undefined },
    seeDatabase: (other) => (other.engine === database.engine ? database : other),
  });
  try {
    await rotate(context);
  } catch (error) {
    return error as Error;
  }
  return { name: 'none', message: 'setSecret succeeded' };
}

function expectNothingChanged(): void {
  expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
  expect(world.events.filter((event) => event.startsWith('change'))).toEqual([]);
  expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
  expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
}

describe('an Oracle database', () => {
  test('fails when its certificate is of another CA, and changes nothing anywhere', async () => {
    const bed = await OracleBed.make();
    const other = await CertificateAuthority.create('Another CA');
    const failure = await failureWith(bed.makeDatabase({ trust: { ca: other.certificatePem } }));
    expect(failure.name).toBe('DatabaseTlsError');
    expect(failure.message).toMatch(/^adb: .*Next: /);
    expect(bed.faults.calls).toEqual([]);
    expectNothingChanged();
    await bed.server.close();
  });

  test('fails when its certificate is for another host, and changes nothing anywhere', async () => {
    const bed = await OracleBed.make({ hosts: ['scan.example'] });
    const failure = await failureWith(bed.makeDatabase());
    expect(failure.name).toBe('DatabaseTlsError');
    expect(bed.faults.calls).toEqual([]);
    expectNothingChanged();
    await bed.server.close();
  });

  test('fails when its wallet lacks the password, and changes nothing anywhere', async () => {
    const bed = await OracleBed.make({ isMutual: true });
    const password = 'wallet-password-1';
    const identity = await bed.ca.issue({ commonName: 'app' });
    const wallet = makeWallet({ identity, caPem: bed.ca.certificatePem, password });
    const traits = { name: 'adb', engine: 'oracle', canTakeBack: false } as const;
    const clock = { now: () => Date.now() };
    const context = { subject: 'adb', redactor: new Redactor(), clock };
    const database = new LazyDatabase(traits, async () => {
      const stored = { bytes: Buffer.from(wallet), password: undefined };
      const trust = await openWallet(stored, { sha256: undefined, context });
      return bed.makeDatabase({ trust });
    });
    const failure = await failureWith(database);
    expect(failure.name).toBe('WalletError');
    expect(failure.message).toContain('add "password" to the secret that holds the password');
    expect(bed.faults.calls).toEqual([]);
    expectNothingChanged();
    await bed.server.close();
  });
});

describe('a PostgreSQL database', () => {
  let bed: PostgresBed;

  usePostgres((shared) => {
    bed = shared;
  });

  test('fails when its certificate is of another CA, and changes nothing anywhere', async () => {
    const other = await CertificateAuthority.create('Another CA');
    const failure = await failureWith(bed.makeDatabase({ ca: other.certificatePem }));
    expect(failure.name).toBe('DatabaseTlsError');
    expect(failure.message).toMatch(/^rds: .*Next: /);
    expectNothingChanged();
  });

  test('fails when its certificate is for another host, and changes nothing anywhere', async () => {
    const config = { serverName: 'another.example' };
    const failure = await failureWith(bed.makeDatabase({ config }));
    expect(failure.name).toBe('DatabaseTlsError');
    expectNothingChanged();
    // The server has no such user, so a login would have been refused.
    expect(bed.server.refusedLogins('app')).toBe(0);
  });
});
