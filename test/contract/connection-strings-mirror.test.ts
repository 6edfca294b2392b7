import { ConnectionStringsMirror } from '../../lambda/adapters/connection-strings-mirror.ts';
import type { ConnectionTarget } from '../../lambda/domain/connection-strings.ts';
import { VaultUnreachableError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import {
  documentOf,
  FIRST_TEXT,
  SECOND,
  SECOND_TEXT,
  startAdapter as startOci,
  THIRD,
  THIRD_TEXT,
  type MirrorSubject,
} from './mirror-subjects.ts';
import { startAdapter as startSecretsManager } from './secrets-manager-mirror-subjects.ts';

const TARGET: ConnectionTarget = {
  name: 'orders-rds',
  engine: 'postgres',
  host: 'old.example.com',
  port: 5432,
  database: 'orders',
};
const MOVED: ConnectionTarget = { ...TARGET, host: 'new.example.com' };

const second = { name: SECOND, document: documentOf(SECOND_TEXT) };

describe.each([
  ['OCI Vault', startOci],
  ['Secrets Manager', startSecretsManager],
])('the mirror with connection strings in %s', (_cloud, start: () => Promise<MirrorSubject>) => {
  let subject: MirrorSubject;
  let secretId: string;
  let redactor: Redactor;

  beforeEach(async () => {
    subject = await start();
    secretId = subject.createSecret();
    redactor = new Redactor();
  });

  afterEach(async () => {
    await subject.close();
  });

  const mirrorOf = (...targets: readonly ConnectionTarget[]): Mirror =>
    new ConnectionStringsMirror({ mirror: subject.mirrorOf(secretId), targets, redactor });
  const textOf = async (mirror: Mirror, name: string): Promise<string | undefined> =>
    (await mirror.read({ name }))?.document.text;
  const count = (): number => subject.versions(secretId).length;

  test('holds the strings beside the credential', async () => {
    const mirror = mirrorOf(TARGET);

    await mirror.stage(second);

    const version = await mirror.read({ name: SECOND });
    expect(version?.document.text).toBe(
      '{"username":"app","password":"second-password","connectionStrings":{"orders-rds":{' +
        '"url":"postgresql://app:second-password@old.example.com:5432/orders?sslmode=verify-full",' +
        '"jdbc":"jdbc:postgresql://old.example.com:5432/orders?user=app&password=second-password&sslmode=verify-full"}}}',
    );
    expect(version?.document.credential.password.reveal()).toBe('second-password');
    expect(version?.holds(documentOf(SECOND_TEXT))).toBe(true);
    expect(version?.holds(documentOf(THIRD_TEXT))).toBe(false);
  });

  test('is not level where the secret holds the credential alone', async () => {
    const version = await mirrorOf(TARGET).read({ stage: 'CURRENT' });

    expect(version?.document.credential.password.reveal()).toBe('first-password');
    expect(version?.holds(documentOf(FIRST_TEXT))).toBe(false);
  });

  test('gives its versions the names of Secrets Manager, with the digest of the strings after it', async () => {
    const mirror = mirrorOf(TARGET);
    await mirror.stage(second);

    expect((await mirror.list()).map(({ name }) => name)).toEqual([
      '22222222-2222-4222-8222-222222222222',
      '11111111-1111-4111-8111-111111111111',
    ]);
    expect((await mirror.read({ stage: 'PENDING' }))?.name).toBe(SECOND);
    const [inVault] = await subject.mirrorOf(secretId).list();
    expect(inVault?.name).toMatch(/^22222222-2222-4222-8222-222222222222-[0-9a-f]{8}$/);
  });

  test('makes another version of the same credential where the configuration has changed', async () => {
    await mirrorOf(TARGET).stage(second);
    const moved = mirrorOf(MOVED);
    expect(await moved.read({ name: SECOND })).toBeUndefined();
    expect((await moved.read({ stage: 'PENDING' }))?.holds(second.document)).toBe(false);

    await moved.stage(second);

    expect(count()).toBe(3);
    expect(await textOf(moved, SECOND)).toContain('@new.example.com:5432/');
    expect(await textOf(mirrorOf(TARGET), SECOND)).toContain('@old.example.com:5432/');
  });

  test('finds a version again though the databases are told in another process', async () => {
    await mirrorOf(TARGET, { ...TARGET, name: 'another' }).stage(second);

    expect(await textOf(mirrorOf({ ...TARGET }, { ...TARGET, name: 'another' }), SECOND)).toContain(
      'old.example.com',
    );
  });

  test('fails when the request is lost, and staging again makes one version', async () => {
    const mirror = mirrorOf(TARGET);
    const fault = { kind: 'loseRequest' } as const;
    subject.faults.add({ call: subject.calls.stage, fault, times: 3 });
    await expect(mirror.stage(second)).rejects.toThrow(VaultUnreachableError);
    expect(count()).toBe(1);

    await mirror.stage(second);
    await mirror.stage(second);

    expect(count()).toBe(2);
  });

  test('has one version though the reply was lost', async () => {
    const mirror = mirrorOf(TARGET);
    subject.faults.add({ call: subject.calls.stage, fault: { kind: 'loseReply' } });

    await mirror.stage(second);

    expect(count()).toBe(2);
    expect((await mirror.read({ name: SECOND }))?.holds(second.document)).toBe(true);
  });

  test('shows that somebody else has taken the name', async () => {
    const mirror = mirrorOf(TARGET);
    await mirrorOf(MOVED).stage({ name: THIRD, document: documentOf(THIRD_TEXT) });
    const taken = (await subject.mirrorOf(secretId).list())[0]?.name ?? '';
    await mirror.stage(second);
    const own = (await subject.mirrorOf(secretId).list())[0]?.name ?? '';
    expect(own.slice(-9)).not.toBe(taken.slice(-9));

    const forged = `33333333-3333-4333-8333-333333333333${own.slice(-9)}`;
    await subject.mirrorOf(secretId).stage({ name: forged, document: documentOf(THIRD_TEXT) });

    expect((await mirror.read({ name: THIRD }))?.holds(documentOf(THIRD_TEXT))).toBe(false);
  });

  test('promotes a version by its number', async () => {
    const mirror = mirrorOf(TARGET);
    await mirror.stage(second);
    const { number = -1 } = (await mirror.read({ name: SECOND })) ?? {};

    await mirror.promote(number);

    expect((await mirror.read({ stage: 'CURRENT' }))?.holds(second.document)).toBe(true);
  });

  test('adds every string to the redactor, and the password as each of them writes it', async () => {
    const mirror = mirrorOf(TARGET);
    const text = '{"username":"app","password":"p@ss w+rd/é"}';
    await mirror.stage({ name: SECOND, document: documentOf(text) });
    const stagedBy = redactor;
    redactor = new Redactor();
    await mirrorOf(TARGET).read({ name: SECOND });

    for (const one of [stagedBy, redactor]) {
      expect(one.clean('of p%40ss%20w%2Brd%2F%C3%A9 here')).toBe('of [redacted] here');
      expect(
        one.clean(
          'to postgresql://app:p%40ss%20w%2Brd%2F%C3%A9@old.example.com:5432/orders?sslmode=verify-full',
        ),
      ).toBe('to [redacted]');
      expect(one.clean('or p@ss w+rd/é')).toBe('or [redacted]');
    }
  });
});
