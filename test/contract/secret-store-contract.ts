import { SecretFormatError, VaultRefusedError } from '../../lambda/domain/errors.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import type { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';
import { describeSecretStoreFailures } from './secret-store-contract-failures.ts';
import {
  beginRotation,
  createSecret,
  documentOf,
  FIRST,
  OTHER_TEXT,
  SECOND,
  SECOND_TEXT,
  THIRD,
  UNKNOWN,
  type SecretStoreSubject,
} from './secret-store-subjects.ts';

/** Everything that the port promises. `make` gives a service with no secret in it yet. */
export function describeSecretStoreContract(
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

    async function promoteSecond(): Promise<void> {
      beginRotation(model, secretArn);
      await store.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) });
      await store.moveLabel({ label: 'AWSCURRENT', to: SECOND, from: FIRST });
    }

    describe('describing', () => {
      test('shows which version holds which labels', async () => {
        await promoteSecond();

        const description = await store.describe();

        expect(Object.fromEntries(description.labels)).toEqual({
          [FIRST]: ['AWSPREVIOUS'],
          [SECOND]: ['AWSCURRENT', 'AWSPENDING'],
        });
      });

      test('says that rotation is off where it was never configured', async () => {
        expect((await store.describe()).rotationEnabled).toBe(false);
      });

      test('says that rotation is on', async () => {
        const rotation = { enabled: true, lambdaArn: 'arn:test', configuredAt: model.now() };
        model.replace({ ...model.inspect(secretArn), rotation });

        expect((await store.describe()).rotationEnabled).toBe(true);
      });
    });

    describe('reading', () => {
      test('gives the version of a label with its text exactly as stored', async () => {
        const version = await store.read({ label: 'AWSCURRENT' });

        expect(version?.versionId).toBe('11111111-1111-4111-8111-111111111111');
        expect(version?.document.text).toBe(
          '{ "engine":"postgres", "username":"app", "password":"first-password", "team": {"id": 7} }',
        );
        expect(version?.document.fields['team']).toEqual({ id: 7 });
        expect(version?.document.credential.username).toBe('app');
        expect(version?.document.credential.password.reveal()).toBe('first-password');
      });

      test('gives a version by its id, and by id and label', async () => {
        expect((await store.read({ versionId: FIRST }))?.versionId).toBe(FIRST);
        const selector = { versionId: FIRST, label: 'AWSCURRENT' };
        expect((await store.read(selector))?.versionId).toBe(FIRST);
      });

      test('gives a version that has lost its last label', async () => {
        beginRotation(model, secretArn);
        await store.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) });
        await store.moveLabel({ label: 'AWSPENDING', from: SECOND });

        const version = await store.read({ versionId: SECOND });

        expect(version?.document.text).toBe('{"username":"app","password":"second-password"}');
      });

      test('gives undefined where no version has the label', async () => {
        expect(await store.read({ label: 'AWSPREVIOUS' })).toBeUndefined();
      });

      test('gives undefined for a version whose label exists but whose value does not', async () => {
        beginRotation(model, secretArn);

        expect(await store.read({ label: 'AWSPENDING' })).toBeUndefined();
        expect(await store.read({ versionId: SECOND, label: 'AWSPENDING' })).toBeUndefined();
      });

      test('gives undefined for an unknown version, and for one without the label', async () => {
        expect(await store.read({ versionId: UNKNOWN })).toBeUndefined();
        expect(await store.read({ versionId: FIRST, label: 'AWSPENDING' })).toBeUndefined();
      });

      test('fails when the value is not a secret document', async () => {
        const request = { SecretId: secretArn, ClientRequestToken: SECOND };
        model.putSecretValue({ ...request, SecretString: '{"username":"app"}' });

        await expect(store.read({ label: 'AWSCURRENT' })).rejects.toThrow(SecretFormatError);
        await expect(store.read({ label: 'AWSCURRENT' })).rejects.toThrow(
          'secrets-manager: version AWSCURRENT does not fit: password is missing.',
        );
      });

      test('fails when the value is binary', async () => {
        const SecretBinary = new Uint8Array([1, 2, 3]);
        model.putSecretValue({ SecretId: secretArn, ClientRequestToken: SECOND, SecretBinary });

        await expect(store.read({ label: 'AWSCURRENT' })).rejects.toThrow(SecretFormatError);
      });
    });

    describe('staging', () => {
      test('fills the pending version and leaves AWSCURRENT alone', async () => {
        beginRotation(model, secretArn);

        const outcome = await store.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) });

        expect(outcome).toBe('staged');
        expect((await store.read({ label: 'AWSPENDING' }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
        expect(labels()).toEqual({ AWSCURRENT: FIRST, AWSPENDING: SECOND });
      });

      test('is silent when the same version gets the same value twice', async () => {
        const version = { versionId: SECOND, document: documentOf(SECOND_TEXT) };
        await store.stage(version);

        expect(await store.stage(version)).toBe('staged');
        expect(labels()).toEqual({ AWSCURRENT: FIRST, AWSPENDING: SECOND });
      });

      test('refuses another value for a version, whose first value stays', async () => {
        await store.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) });

        const outcome = await store.stage({ versionId: SECOND, document: documentOf(OTHER_TEXT) });

        expect(outcome).toBe('already-exists');
        expect((await store.read({ versionId: SECOND }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
      });

      test('takes a document of the size that it names', async () => {
        expect(store.documentBytesMax).toBe(65_536);
        const document = documentOf(textOf(65_536));

        expect(await store.stage({ versionId: SECOND, document })).toBe('staged');
      });

      test('fails when the document is a byte longer', async () => {
        const document = documentOf(textOf(65_537));

        await expect(store.stage({ versionId: SECOND, document })).rejects.toThrow(
          VaultRefusedError,
        );
      });
    });

    describe('moving a label', () => {
      test('moves AWSPREVIOUS along with AWSCURRENT', async () => {
        await promoteSecond();

        expect(labels()).toEqual({ AWSCURRENT: SECOND, AWSPENDING: SECOND, AWSPREVIOUS: FIRST });
      });

      test('takes a label off where no version is to get it', async () => {
        beginRotation(model, secretArn);

        await store.moveLabel({ label: 'AWSPENDING', from: SECOND });

        expect(labels()).toEqual({ AWSCURRENT: FIRST });
      });

      test('fails when another version holds the label', async () => {
        await promoteSecond();
        await store.stage({ versionId: THIRD, document: documentOf(OTHER_TEXT) });

        const move = { label: 'AWSCURRENT', to: THIRD, from: FIRST };

        await expect(store.moveLabel(move)).rejects.toThrow(VaultRefusedError);
        expect(labels()).toMatchObject({ AWSCURRENT: SECOND, AWSPREVIOUS: FIRST });
      });

      test('fails when a held label is moved without saying from where', async () => {
        beginRotation(model, secretArn);

        const move = { label: 'AWSCURRENT', to: SECOND };

        await expect(store.moveLabel(move)).rejects.toThrow(VaultRefusedError);
        expect(labels()).toEqual({ AWSCURRENT: FIRST, AWSPENDING: SECOND });
      });

      test('fails when the version is not known', async () => {
        const move = { label: 'AWSCURRENT', to: UNKNOWN, from: FIRST };

        await expect(store.moveLabel(move)).rejects.toThrow(VaultRefusedError);
      });
    });

    test('lists all versions, newest first, those without a label included', async () => {
      await store.stage({ versionId: SECOND, document: documentOf(SECOND_TEXT) });
      subject.advance(1_000);
      await store.stage({ versionId: THIRD, document: documentOf(OTHER_TEXT) });

      expect(await store.listVersions()).toEqual([
        {
          versionId: '33333333-3333-4333-8333-333333333333',
          labels: ['AWSPENDING'],
          createdMs: 1_780_000_002_000,
        },
        {
          versionId: '22222222-2222-4222-8222-222222222222',
          labels: [],
          createdMs: 1_780_000_001_000,
        },
        {
          versionId: '11111111-1111-4111-8111-111111111111',
          labels: ['AWSCURRENT'],
          createdMs: 1_780_000_000_000,
        },
      ]);
    });
  });

  describeSecretStoreFailures(name, make);
}

/** A secret document of that many bytes. */
function textOf(bytes: number): string {
  const frame = '{"username":"app","password":"second-password","fill":""}';
  return frame.replace('""}', `"${'x'.repeat(bytes - frame.length)}"}`);
}
