import {
  MirrorManagedElsewhereError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import {
  documentOf,
  FIRST_TEXT,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
  type MirrorSubject,
} from './mirror-subjects.ts';

/** The part of the mirror's contract that is about refusals and lost calls. */
export function describeMirrorFailures(name: string, make: () => Promise<MirrorSubject>): void {
  describe(`the mirror: ${name}`, () => {
    let subject: MirrorSubject;
    let secretId: string;
    let mirror: Mirror;

    beforeEach(async () => {
      subject = await make();
      secretId = subject.createSecret();
      mirror = subject.mirrorOf(secretId);
    });

    afterEach(async () => {
      await subject.close();
    });

    const versions = (): readonly string[] => subject.versions(secretId);
    const seen = (...lines: readonly string[]): readonly string[] =>
      subject.marksLatest ? lines : lines.map((line) => line.replace('+LATEST', ''));
    const numberOf = async (versionName: string): Promise<number> =>
      (await mirror.read({ name: versionName }))?.number ?? -1;
    const second = { name: SECOND, document: documentOf(SECOND_TEXT) };
    const third = { name: THIRD, document: documentOf(THIRD_TEXT) };

    describe('when the vault refuses', () => {
      const verbs: readonly [string, (one: Mirror) => Promise<unknown>][] = [
        ['read', (one) => one.read({ name: SECOND })],
        ['stage', (one) => one.stage(second)],
        ['promote', (one) => one.promote(1)],
        ['list', (one) => one.list()],
        ['retire', (one) => one.retire(1)],
      ];

      test.each(verbs)('fails when there is no such secret: %s', async (_verb, run) => {
        const failure = run(subject.mirrorOf(subject.missingSecretId));

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow(subject.says.missing);
      });

      test.each(verbs)('fails when the secret waits for its deletion: %s', async (_verb, run) => {
        subject.deleteSecret(secretId);

        await expect(run(mirror)).rejects.toThrow(VaultRefusedError);
        await expect(run(mirror)).rejects.toThrow(subject.says.deleted);
      });

      test('fails when the vault rotates the secret itself', async () => {
        const rotated = subject.createSecret({ isRotated: true });

        await expect(subject.mirrorOf(rotated).stage(second)).rejects.toThrow(
          MirrorManagedElsewhereError,
        );
        expect(subject.versions(rotated)).toEqual(seen('1 CURRENT+LATEST'));
      });
    });

    describe('when the vault gives no usable answer', () => {
      test.each([
        ['a request is lost', { kind: 'loseRequest' }],
        ['the service is out of order', { kind: 'refuse', code: 'Internal' }],
        ['the service throttles', { kind: 'throttle' }],
      ] as const)('fails when %s, and nothing has changed', async (_what, fault) => {
        await mirror.stage(third);
        const number = await numberOf(THIRD);
        const struck =
          fault.kind === 'refuse' ? { ...fault, code: subject.says.outOfOrder } : fault;
        subject.faults.add({ call: subject.calls.any, fault: struck, times: 999 });

        await expect(mirror.read({ stage: 'CURRENT' })).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.stage(second)).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.promote(number)).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.list()).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.retire(number)).rejects.toThrow(VaultUnreachableError);
        subject.faults.clear();
        expect(versions()).toEqual(seen('1 CURRENT', '3 PENDING+LATEST'));
      });

      test('has staged one version, though replies were lost, and staging again is silent', async () => {
        const fault = { kind: 'loseReply' } as const;
        subject.faults.add({ call: subject.calls.stage, fault });
        await settled(mirror.stage(second), VaultUnreachableError);

        await mirror.stage(second);

        expect(versions()).toEqual(seen('1 CURRENT', '2 PENDING+LATEST'));
      });

      test('has promoted, though the reply was lost, and promoting again is silent', async () => {
        await mirror.stage(second);
        const number = await numberOf(SECOND);
        const fault = { kind: 'loseReply' } as const;
        subject.faults.add({ call: subject.calls.promote, fault });
        await settled(mirror.promote(number), VaultUnreachableError);

        await mirror.promote(number);

        expect(versions()).toEqual(seen('1 PREVIOUS', '2 CURRENT+LATEST'));
      });
    });

    test('puts what it refuses into no error', async () => {
      subject.saveByHand(secretId, `${FIRST_TEXT} and more`);

      await expect(mirror.read({ stage: 'CURRENT' })).rejects.toThrow(/^((?!first-password)[^])*$/);
    });
  });
}

/** The mirror may find out by itself that a lost reply meant success; else it fails in this way. */
export async function settled(
  work: Promise<void>,
  failure: new (...args: never[]) => Error,
): Promise<void> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome !== undefined) expect(outcome).toBeInstanceOf(failure);
}
