import {
  MirrorManagedElsewhereError,
  VaultBusyError,
  VaultRefusedError,
} from '../../lambda/domain/errors.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import { staleForReads } from '../../local/aws/secret-store.ts';
import {
  documentOf,
  failureOf,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
} from './mirror-subjects.ts';
import { startAdapter, type SecretsManagerSubject } from './secrets-manager-mirror-subjects.ts';

const second = { name: SECOND, document: documentOf(SECOND_TEXT) };
const third = { name: THIRD, document: documentOf(THIRD_TEXT) };

describe('the mirror in Secrets Manager', () => {
  let subject: SecretsManagerSubject;
  let secretArn: string;
  let mirror: Mirror;

  beforeEach(async () => {
    subject = await startAdapter();
    secretArn = subject.createSecret();
    mirror = subject.mirrorOf(secretArn);
  });

  afterEach(async () => {
    await subject.close();
  });

  const numberOf = async (name: string): Promise<number> =>
    (await mirror.read({ name }))?.number ?? -1;
  const countOf = (call: string): number =>
    subject.faults.calls.filter((one) => one === `secretsmanager:${call}`).length;

  test('numbers a version by the millisecond it was made in', async () => {
    await mirror.stage(second);

    const version = subject.model.inspect(secretArn).versions.get(SECOND);
    expect((await mirror.list())[0]?.number).toBe(version?.createdAt);
  });

  test('moves AWSCURRENT from the version that it saw there', async () => {
    await mirror.stage(second);
    await mirror.stage(third);
    const number = await numberOf(SECOND);
    const fault = { kind: 'delay', delayMs: 50 } as const;
    subject.faults.add({ call: 'secretsmanager:UpdateSecretVersionStage', fault, times: 1 });

    // The one that comes second finds that the label is no longer where it was, and looks again.
    await Promise.all([mirror.promote(number), mirror.promote(number)]);

    expect(subject.versions(secretArn)).toEqual(['1 PREVIOUS', '2 CURRENT', '3 PENDING']);
  });

  test('fails when AWSCURRENT may not be moved', async () => {
    await mirror.stage(second);
    const fault = { kind: 'refuse', code: 'AccessDeniedException' } as const;
    subject.faults.add({ call: 'secretsmanager:UpdateSecretVersionStage', fault, times: 99 });

    const failure = await failureOf(mirror.promote(await numberOf(SECOND)));

    expect(failure).toBeInstanceOf(VaultRefusedError);
    expect(String(failure)).toContain('secretsmanager:UpdateSecretVersionStage');
    expect(countOf('UpdateSecretVersionStage')).toBe(3);
  });

  test('fails when two versions were made in the same millisecond, and promotes neither', async () => {
    await mirror.stage(second);
    await mirror.stage(third);
    const state = subject.model.inspect(secretArn);
    const { createdAt } = state.versions.get(SECOND) ?? { createdAt: 0 };
    const versions = new Map(state.versions);
    for (const [id, version] of versions) {
      if (id === THIRD) versions.set(id, { ...version, createdAt });
    }
    subject.model.replace({ ...state, versions });

    await expect(mirror.promote(createdAt)).rejects.toThrow('not the only one of its millisecond');
    expect(subject.versions(secretArn)[0]).toBe('1 CURRENT');
  });

  test('writes nothing where another function rotates the secret', async () => {
    const rotated = subject.createSecret({ isRotated: true });

    const failure = subject.mirrorOf(rotated).stage(second);

    await expect(failure).rejects.toThrow(MirrorManagedElsewhereError);
    await expect(failure).rejects.toThrow('cancel-rotate-secret');
    expect(countOf('PutSecretValue')).toBe(0);
  });

  test('adds what it reads and what it stages to the redactor', async () => {
    await mirror.read({ stage: 'CURRENT' });
    await mirror.stage(second);

    expect(subject.redactor.clean('first-password and second-password')).toBe(
      '[redacted] and [redacted]',
    );
  });
});

describe('the mirror in Secrets Manager, where reading lags', () => {
  test('returns when what it changed can be read', async () => {
    const subject = await startAdapter({ staleReads: staleForReads(3) });
    const mirror = subject.mirrorOf(subject.createSecret());

    await mirror.stage(second);
    const staged = await mirror.read({ name: SECOND });
    await mirror.promote(staged?.number ?? -1);
    const current = await mirror.read({ stage: 'CURRENT' });
    await subject.close();

    expect(staged?.stages).toEqual(['PENDING']);
    expect(current?.name).toBe(SECOND);
  });

  test('fails when what it changed cannot be read for long', async () => {
    const subject = await startAdapter({ staleReads: staleForReads(99) });
    const mirror = subject.mirrorOf(subject.createSecret());

    const failure = await failureOf(mirror.stage(second));
    await subject.close();

    expect(failure).toBeInstanceOf(VaultBusyError);
  });
});
