import {
  MirrorManagedElsewhereError,
  VaultBusyError,
  VaultFullError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { VaultModel } from '../../local/oci/vault-model.ts';
import { settled } from './mirror-contract-failures.ts';
import {
  createOciSecret,
  documentOf,
  FIRST_TEXT,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
  type OciMirrorSubject,
  type VaultPace,
} from './mirror-subjects.ts';

/** What a mirror in OCI Vault promises beside: OCI's own states, limits and words. */
export function describeOciMirrorContract(
  name: string,
  make: (pace: VaultPace) => Promise<OciMirrorSubject>,
): void {
  describe(`the mirror in OCI Vault: ${name}`, () => {
    let subject: OciMirrorSubject;
    let model: VaultModel;
    let secretOcid: string;
    let mirror: Mirror;

    const begin = async (
      pace: VaultPace = {},
      secret: Parameters<typeof createOciSecret>[1] = {},
    ): Promise<void> => {
      subject = await make(pace);
      model = subject.model;
      secretOcid = createOciSecret(model, secret);
      mirror = subject.mirrorOf(secretOcid);
    };

    afterEach(async () => {
      await subject.close();
    });

    const versions = (): readonly string[] => subject.versions(secretOcid);
    const second = { name: SECOND, document: documentOf(SECOND_TEXT) };
    const third = { name: THIRD, document: documentOf(THIRD_TEXT) };

    test('numbers the versions from one on', async () => {
      await begin();
      await mirror.stage(second);

      expect((await mirror.list()).map(({ number }) => number)).toEqual([2, 1]);
    });

    test('gives a version that has no name', async () => {
      await begin();
      const content = Buffer.from(SECOND_TEXT).toString('base64');
      model.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content } });

      expect(await mirror.read({ stage: 'CURRENT' })).toMatchObject({
        number: 2,
        name: undefined,
      });
    });

    test('fails when the vault is full, until a version is retired', async () => {
      await begin();
      for (let number = 2; number <= 30; number += 1) {
        const content = Buffer.from(`password-${number}`).toString('base64');
        const secretContent = { contentType: 'BASE64', content, stage: 'PENDING' } as const;
        model.updateSecret(secretOcid, { secretContent });
      }

      await expect(mirror.stage(second)).rejects.toThrow(VaultFullError);
      expect(versions()).toHaveLength(30);

      await mirror.retire(2);
      await mirror.stage(second);
      expect((await mirror.read({ name: SECOND }))?.number).toBe(31);
    });

    test('has retired, though the reply was lost, and retiring again is silent', async () => {
      await begin();
      await mirror.stage(second);
      await mirror.stage(third);
      const fault = { kind: 'loseReply' } as const;
      subject.faults.add({ call: 'oci:ScheduleSecretVersionDeletion', fault });
      await settled(mirror.retire(2), VaultUnreachableError);

      await mirror.retire(2);

      expect((await mirror.list())[1]?.isScheduledForDeletion).toBe(true);
    });

    describe('when OCI refuses', () => {
      test('fails when CURRENT may not be read, though the secret may be seen', async () => {
        await begin();
        const fault = { kind: 'refuse', code: 'NotAuthorizedOrNotFound' } as const;
        subject.faults.add({ call: 'oci:GetSecretBundle', fault, times: 99 });

        const failure = mirror.read({ stage: 'CURRENT' });

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow('allow group <group> to read secret-bundles');
      });

      test('fails when the signature is not accepted', async () => {
        await begin();
        const fault = { kind: 'refuse', code: 'NotAuthenticated' } as const;
        subject.faults.add({ call: 'oci:*', fault, times: 99 });

        await expect(mirror.stage(second)).rejects.toThrow(VaultRefusedError);
        await expect(mirror.stage(second)).rejects.toThrow(subject.signInHint);
      });

      test('fails when a rotation by OCI is under way', async () => {
        await begin({}, { seed: { rotationStatus: 'IN_PROGRESS' } });

        await expect(mirror.stage(second)).rejects.toThrow(MirrorManagedElsewhereError);
      });

      test('fails when the secret is a replica', async () => {
        await begin({}, { seed: { isReplica: true } });

        await expect(mirror.stage(second)).rejects.toThrow(MirrorManagedElsewhereError);
      });

      test('fails when a reuse rule refuses the content', async () => {
        await begin({}, { details: { secretRules: [{ ruleType: 'SECRET_REUSE_RULE' }] } });

        const failure = mirror.stage({ name: SECOND, document: documentOf(FIRST_TEXT) });

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow('reuse rule');
      });
    });

    describe('when the vault is slow', () => {
      test('waits out UPDATING between changes', async () => {
        await begin({ updatingMs: 4_000 });

        await mirror.stage(second);
        await mirror.promote(2);
        await mirror.stage(third);
        await mirror.promote(3);
        await mirror.promote(2);

        expect((await mirror.list()).map((one) => one.stages.join('+'))).toEqual([
          'PREVIOUS+LATEST',
          'CURRENT',
          'DEPRECATED',
        ]);
      });

      test('returns when what it changed can be read', async () => {
        await begin({ readLagMs: 3_000 });

        await mirror.stage(second);
        expect((await mirror.read({ name: SECOND }))?.number).toBe(2);

        await mirror.promote(2);
        expect((await mirror.read({ stage: 'CURRENT' }))?.number).toBe(2);
      });

      test('fails when the vault stays busy', async () => {
        await begin({ updatingMs: 600_000 });

        await expect(mirror.stage(second)).rejects.toThrow(VaultBusyError);
        await expect(mirror.promote(2)).rejects.toThrow(VaultBusyError);
        await expect(mirror.list()).rejects.toThrow(VaultBusyError);
        expect((await mirror.read({ name: SECOND }))?.stages).toEqual(['PENDING', 'LATEST']);
      });

      test('fails when what it changed cannot be read for long', async () => {
        await begin({ readLagMs: 600_000 });

        await expect(mirror.stage(second)).rejects.toThrow(VaultBusyError);
      });
    });
  });
}
