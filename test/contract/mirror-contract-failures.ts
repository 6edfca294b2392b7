import {
  MirrorManagedElsewhereError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { VaultModel } from '../../local/oci/vault-model.ts';
import {
  createOciSecret,
  documentOf,
  FIRST_TEXT,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
  versionsOf,
  type MirrorSubject,
  type VaultPace,
} from './mirror-subjects.ts';

/** The part of the mirror's contract that is about refusals and lost calls. */
export function describeMirrorFailures(
  name: string,
  make: (pace: VaultPace) => Promise<MirrorSubject>,
): void {
  describe(`the mirror: ${name}`, () => {
    let subject: MirrorSubject;
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

    const versions = (): string[] => versionsOf(model, secretOcid);
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
        await begin();
        const missing = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.missing';

        const failure = run(subject.mirrorOf(missing));

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow(`where target.secret.id = '${missing}'`);
      });

      test.each(verbs)('fails when the secret waits for its deletion: %s', async (_verb, run) => {
        await begin();
        model.scheduleSecretDeletion(secretOcid);

        await expect(run(mirror)).rejects.toThrow(VaultRefusedError);
        await expect(run(mirror)).rejects.toThrow('PENDING_DELETION');
      });

      test('fails when CURRENT may not be read, though the secret may be seen', async () => {
        await begin();
        const fault = { kind: 'refuse', code: 'NotAuthorizedOrNotFound' } as const;
        subject.faults.add({ call: 'oci:GetSecretBundle', fault, times: 99 });

        const failure = mirror.read({ stage: 'CURRENT' });

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow('allow group <group> to read secret-bundles');
      });

      test('fails when the API key is not accepted', async () => {
        await begin();
        const fault = { kind: 'refuse', code: 'NotAuthenticated' } as const;
        subject.faults.add({ call: 'oci:*', fault, times: 99 });

        await expect(mirror.stage(second)).rejects.toThrow(VaultRefusedError);
        await expect(mirror.stage(second)).rejects.toThrow('fingerprint');
      });

      test('fails when OCI rotates the secret itself', async () => {
        await begin({}, { details: { rotationConfig: { isScheduledRotationEnabled: true } } });

        await expect(mirror.stage(second)).rejects.toThrow(MirrorManagedElsewhereError);
        expect(versions()).toEqual(['1 CURRENT+LATEST']);
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

    describe('when the vault gives no usable answer', () => {
      beforeEach(async () => {
        await begin();
      });

      test.each([
        ['a request is lost', { kind: 'loseRequest' }],
        ['the service is out of order', { kind: 'refuse', code: 'InternalServerError' }],
        ['the service throttles', { kind: 'throttle' }],
      ] as const)('fails when %s, and nothing has changed', async (_what, fault) => {
        await mirror.stage(third);
        subject.faults.add({ call: 'oci:*', fault, times: 999 });

        await expect(mirror.read({ stage: 'CURRENT' })).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.stage(second)).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.promote(2)).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.list()).rejects.toThrow(VaultUnreachableError);
        await expect(mirror.retire(2)).rejects.toThrow(VaultUnreachableError);
        subject.faults.clear();
        expect(versions()).toEqual(['1 CURRENT', '3 PENDING+LATEST']);
      });

      test('has staged one version, though replies were lost, and staging again is silent', async () => {
        const fault = { kind: 'loseReply' } as const;
        subject.faults.add({ call: 'oci:UpdateSecret', fault });
        await settled(mirror.stage(second), VaultUnreachableError);

        await mirror.stage(second);

        expect(versions()).toEqual(['1 CURRENT', '2 PENDING+LATEST']);
      });

      test('has promoted, though the reply was lost, and promoting again is silent', async () => {
        await mirror.stage(second);
        const fault = { kind: 'loseReply' } as const;
        subject.faults.add({ call: 'oci:PromoteSecretVersion', fault });
        await settled(mirror.promote(2), VaultUnreachableError);

        await mirror.promote(2);

        expect(versions()).toEqual(['1 PREVIOUS', '2 CURRENT+LATEST']);
      });

      test('has retired, though the reply was lost, and retiring again is silent', async () => {
        await mirror.stage(second);
        await mirror.stage(third);
        const fault = { kind: 'loseReply' } as const;
        subject.faults.add({ call: 'oci:ScheduleSecretVersionDeletion', fault });
        await settled(mirror.retire(2), VaultUnreachableError);

        await mirror.retire(2);

        expect((await mirror.list())[1]?.isScheduledForDeletion).toBe(true);
      });
    });
  });
}

/** The mirror may find out by itself that a lost reply meant success; else it fails in this way. */
async function settled(
  work: Promise<void>,
  failure: new (...args: never[]) => Error,
): Promise<void> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome !== undefined) expect(outcome).toBeInstanceOf(failure);
}
