import {
  SecretFormatError,
  VaultBusyError,
  VaultFullError,
  VaultRefusedError,
} from '../../lambda/domain/errors.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { VaultModel } from '../../local/oci/vault-model.ts';
import { describeMirrorFailures } from './mirror-contract-failures.ts';
import {
  createOciSecret,
  documentOf,
  FIRST,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
  versionsOf,
  type MirrorSubject,
  type VaultPace,
} from './mirror-subjects.ts';

/** Everything that the port promises. `make` gives a mirror before a vault of that pace, with no secret in it yet. */
export function describeMirrorContract(
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

    describe('reading', () => {
      beforeEach(async () => {
        await begin();
      });

      test('gives the version of a stage with its text exactly as stored', async () => {
        const version = await mirror.read({ stage: 'CURRENT' });

        expect(version?.number).toBe(1);
        expect(version?.name).toBe('11111111-1111-4111-8111-111111111111');
        expect(version?.stages).toEqual(['CURRENT', 'LATEST']);
        expect(version?.document.text).toBe(
          '{ "username":"app", "password":"first-password", "team": {"id": 7} }',
        );
        expect(version?.document.credential.password.reveal()).toBe('first-password');
      });

      test('gives a version by its name and by its number', async () => {
        await mirror.stage(second);

        expect((await mirror.read({ name: SECOND }))?.number).toBe(2);
        expect((await mirror.read({ number: 1 }))?.document.text).toBe(
          '{ "username":"app", "password":"first-password", "team": {"id": 7} }',
        );
      });

      test('gives a version that has no name', async () => {
        const content = Buffer.from(SECOND_TEXT).toString('base64');
        model.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content } });

        expect(await mirror.read({ stage: 'CURRENT' })).toMatchObject({
          number: 2,
          name: undefined,
        });
      });

      test('gives undefined where there is no such version', async () => {
        expect(await mirror.read({ name: SECOND })).toBeUndefined();
        expect(await mirror.read({ number: 2 })).toBeUndefined();
        expect(await mirror.read({ stage: 'PENDING' })).toBeUndefined();
      });

      test('fails when the value is not a secret document', async () => {
        const content = Buffer.from('{"username":"app"}').toString('base64');
        model.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content } });

        const failure = mirror.read({ stage: 'CURRENT' });

        await expect(failure).rejects.toThrow(SecretFormatError);
        await expect(failure).rejects.toThrow(
          'oci-frankfurt: version 2 does not fit: password is missing.',
        );
      });
    });

    describe('staging', () => {
      beforeEach(async () => {
        await begin();
      });

      test('makes a pending version that can be read, and leaves CURRENT alone', async () => {
        await mirror.stage(second);

        const version = await mirror.read({ name: SECOND });
        expect(version?.document.text).toBe('{"username":"app","password":"second-password"}');
        expect(version?.stages).toEqual(['PENDING', 'LATEST']);
        expect((await mirror.read({ stage: 'CURRENT' }))?.number).toBe(1);
      });

      test('changes nothing where the name is taken', async () => {
        await mirror.stage(second);

        await mirror.stage({ name: SECOND, document: documentOf(THIRD_TEXT) });

        expect(versions()).toEqual(['1 CURRENT', '2 PENDING+LATEST']);
        expect((await mirror.read({ name: SECOND }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
      });

      test('makes an earlier pending version DEPRECATED, still to be read by its name', async () => {
        await mirror.stage(second);

        await mirror.stage(third);

        expect(versions()).toEqual(['1 CURRENT', '2 DEPRECATED', '3 PENDING+LATEST']);
        expect((await mirror.read({ name: SECOND }))?.number).toBe(2);
      });

      test('takes a document of the size that it names', async () => {
        expect(mirror.documentBytesMax).toBe(19_200);

        await mirror.stage({ name: SECOND, document: documentOf(textOf(19_200)) });

        expect(versions()).toEqual(['1 CURRENT', '2 PENDING+LATEST']);
      });

      test('fails when the document is a byte longer', async () => {
        const document = documentOf(textOf(19_201));

        await expect(mirror.stage({ name: SECOND, document })).rejects.toThrow(VaultRefusedError);
      });

      test('fails when the vault is full, until a version is retired', async () => {
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
    });

    describe('promoting', () => {
      beforeEach(async () => {
        await begin();
        await mirror.stage(second);
      });

      test('makes the version CURRENT and the one before it PREVIOUS', async () => {
        await mirror.promote(2);

        expect(versions()).toEqual(['1 PREVIOUS', '2 CURRENT+LATEST']);
        expect((await mirror.read({ stage: 'CURRENT' }))?.name).toBe(SECOND);
      });

      test('changes nothing the second time', async () => {
        await mirror.promote(2);
        const { etag } = model.getSecret(secretOcid);

        await mirror.promote(2);

        expect(model.getSecret(secretOcid).etag).toBe(etag);
        expect(versions()).toEqual(['1 PREVIOUS', '2 CURRENT+LATEST']);
      });

      test('takes a DEPRECATED version, one that another pending version has pushed out', async () => {
        await mirror.stage(third);

        await mirror.promote(2);

        expect(versions()).toEqual(['1 PREVIOUS', '2 CURRENT', '3 PENDING+LATEST']);
      });

      test('goes back to an older version', async () => {
        await mirror.promote(2);

        await mirror.promote(1);

        expect(versions()).toEqual(['1 CURRENT', '2 PREVIOUS+LATEST']);
      });

      test('fails when there is no such version', async () => {
        await expect(mirror.promote(7)).rejects.toThrow(VaultRefusedError);
        expect(versions()).toEqual(['1 CURRENT', '2 PENDING+LATEST']);
      });
    });

    describe('listing and retiring', () => {
      beforeEach(async () => {
        await begin();
        await mirror.stage(second);
        await mirror.stage(third);
      });

      test('lists all versions, newest first', async () => {
        expect(await mirror.list()).toEqual([
          { number: 3, name: THIRD, stages: ['PENDING', 'LATEST'], isScheduledForDeletion: false },
          { number: 2, name: SECOND, stages: ['DEPRECATED'], isScheduledForDeletion: false },
          { number: 1, name: FIRST, stages: ['CURRENT'], isScheduledForDeletion: false },
        ]);
      });

      test('schedules a DEPRECATED version for deletion, once', async () => {
        await mirror.retire(2);
        await mirror.retire(2);

        const retired = (await mirror.list()).filter((one) => one.isScheduledForDeletion);
        expect(retired.map((one) => one.number)).toEqual([2]);
      });

      test.each([1, 3, 7])('fails when the version is not a DEPRECATED one: %d', async (number) => {
        await expect(mirror.retire(number)).rejects.toThrow(VaultRefusedError);
        const retired = (await mirror.list()).filter((one) => one.isScheduledForDeletion);
        expect(retired).toEqual([]);
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

  describeMirrorFailures(name, make);
}

/** A secret document of that many bytes. */
function textOf(bytes: number): string {
  const frame = '{"username":"app","password":"second-password","fill":""}';
  return frame.replace('""}', `"${'x'.repeat(bytes - frame.length)}"}`);
}
