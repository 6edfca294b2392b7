import { VaultRefusedError, VaultUnreachableError } from '../../lambda/domain/errors.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import type { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';
import {
  beginRotation,
  createSecret,
  documentOf,
  FIRST,
  SECOND,
  SECOND_TEXT,
  type SecretStoreSubject,
} from './secret-store-subjects.ts';

/** The part of the store's contract that is about refusals and lost calls. */
export function describeSecretStoreFailures(
  name: string,
  make: () => Promise<SecretStoreSubject>,
): void {
  describe(`the secret store: ${name}`, () => {
    let subject: SecretStoreSubject;
    let model: SecretsManagerModel;
    let secretArn: string;
    let store: SecretStore;

    beforeEach(async () => {
      subject = await make();
      model = subject.model;
      secretArn = createSecret(model);
      store = subject.storeOf(secretArn);
      subject.advance(1_000);
    });

    afterEach(async () => {
      await subject.close();
    });

    const labels = (): Record<string, string> =>
      Object.fromEntries(model.inspect(secretArn).labels);

    describe('when the service refuses', () => {
      const verbs: readonly [string, (store: SecretStore) => Promise<unknown>][] = [
        ['describe', (one) => one.describe()],
        ['read', (one) => one.read({ label: 'AWSCURRENT' })],
        ['stage', (one) => one.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) })],
        ['moveLabel', (one) => one.moveLabel({ label: 'AWSPENDING', from: FIRST })],
        ['listVersions', (one) => one.listVersions()],
      ];

      test.each(verbs)('fails when there is no such secret: %s', async (_verb, run) => {
        const missing = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:missing-AAAAAA';

        await expect(run(subject.storeOf(missing))).rejects.toThrow(VaultRefusedError);
      });

      test.each(verbs)('fails when it is not permitted: %s', async (_verb, run) => {
        const fault = { kind: 'refuse', code: 'AccessDeniedException' } as const;
        subject.faults.add({ call: 'secretsmanager:*', fault, times: 99 });

        const failure = run(store);

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow("allow the function's role secretsmanager:");
      });

      test('fails when the secret is marked for deletion', async () => {
        model.deleteSecret({ SecretId: secretArn });

        for (const verb of [store.describe(), store.read({ label: 'AWSCURRENT' })]) {
          await expect(verb).rejects.toThrow('restore the secret with RestoreSecret');
          await expect(verb).rejects.toThrow(VaultRefusedError);
        }
      });

      test('fails when the KMS key cannot be used', async () => {
        const fault = { kind: 'refuse', code: 'DecryptionFailure' } as const;
        subject.faults.add({ call: 'secretsmanager:GetSecretValue', fault, times: 99 });

        const failure = store.read({ label: 'AWSCURRENT' });

        await expect(failure).rejects.toThrow(VaultRefusedError);
        await expect(failure).rejects.toThrow('kms:Decrypt');
      });
    });

    describe('when the service gives no usable answer', () => {
      test.each([
        ['a request is lost', { kind: 'loseRequest' }],
        ['the service is out of order', { kind: 'refuse', code: 'InternalServiceError' }],
        ['the service throttles', { kind: 'throttle' }],
      ] as const)('fails when %s, and nothing has changed', async (_what, fault) => {
        beginRotation(model, secretArn);
        subject.faults.add({ call: 'secretsmanager:*', fault, times: 99 });

        const version = { versionId: SECOND, document: documentOf(SECOND_TEXT) };

        await expect(store.stage(version)).rejects.toThrow(VaultUnreachableError);
        subject.faults.clear();
        expect(await store.read({ label: 'AWSPENDING' })).toBeUndefined();
      });

      test('fails when every reply to staging is lost; staging again is silent', async () => {
        beginRotation(model, secretArn);
        const call = 'secretsmanager:PutSecretValue';
        subject.faults.add({ call, fault: { kind: 'loseReply' }, times: 99 });
        const version = { versionId: SECOND, document: documentOf(SECOND_TEXT) };

        await expect(store.stage(version)).rejects.toThrow(VaultUnreachableError);
        subject.faults.clear();

        expect(await store.stage(version)).toBe('staged');
        expect((await store.read({ label: 'AWSPENDING' }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
      });

      test('leaves a label where a move put it, though the reply was lost', async () => {
        beginRotation(model, secretArn);
        const call = 'secretsmanager:UpdateSecretVersionStage';
        subject.faults.add({ call, fault: { kind: 'loseReply' }, times: 99 });

        const move = { label: 'AWSCURRENT', to: SECOND, from: FIRST };

        await expect(store.moveLabel(move)).rejects.toThrow(VaultUnreachableError);
        expect(labels()).toEqual({ AWSCURRENT: SECOND, AWSPENDING: SECOND, AWSPREVIOUS: FIRST });
      });
    });
  });
}
