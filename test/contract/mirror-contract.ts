import { SecretFormatError, VaultRefusedError } from '../../lambda/domain/errors.ts';
import type { Mirror, MirrorStage } from '../../lambda/ports/mirror.ts';
import { describeMirrorFailures } from './mirror-contract-failures.ts';
import {
  documentOf,
  FIRST,
  SECOND,
  SECOND_TEXT,
  THIRD,
  THIRD_TEXT,
  type MirrorSubject,
} from './mirror-subjects.ts';

/** Everything that the port promises, whatever the vault. `make` gives a mirror before a vault with no secret in it yet. */
export function describeMirrorContract(name: string, make: () => Promise<MirrorSubject>): void {
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
    const stages = (...all: readonly MirrorStage[]): readonly MirrorStage[] =>
      subject.marksLatest ? all : all.filter((stage) => stage !== 'LATEST');
    const numberOf = async (versionName: string): Promise<number> =>
      (await mirror.read({ name: versionName }))?.number ?? -1;
    const promotions = (): number =>
      subject.faults.calls.filter((call) => call === subject.calls.promote).length;
    const second = { name: SECOND, document: documentOf(SECOND_TEXT) };
    const third = { name: THIRD, document: documentOf(THIRD_TEXT) };

    describe('reading', () => {
      test('gives the version of a stage with its text exactly as stored', async () => {
        const version = await mirror.read({ stage: 'CURRENT' });

        expect(version?.name).toBe('11111111-1111-4111-8111-111111111111');
        expect(version?.stages).toEqual(stages('CURRENT', 'LATEST'));
        expect(version?.document.text).toBe(
          '{ "username":"app", "password":"first-password", "team": {"id": 7} }',
        );
        expect(version?.document.credential.password.reveal()).toBe('first-password');
      });

      test('gives a version by its name and by its number', async () => {
        await mirror.stage(second);

        const number = await numberOf(SECOND);
        expect((await mirror.read({ number }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
        expect(number).toBeGreaterThan(await numberOf(FIRST));
      });

      test('tells whether a version is what staging makes of a document', async () => {
        await mirror.stage(second);

        const version = await mirror.read({ name: SECOND });
        expect(version?.holds(documentOf(SECOND_TEXT))).toBe(true);
        expect(version?.holds(documentOf(THIRD_TEXT))).toBe(false);
        expect(version?.holds(documentOf(`${SECOND_TEXT} `))).toBe(false);
      });

      test('gives undefined where there is no such version', async () => {
        expect(await mirror.read({ name: SECOND })).toBeUndefined();
        expect(await mirror.read({ number: 7 })).toBeUndefined();
        expect(await mirror.read({ stage: 'PENDING' })).toBeUndefined();
      });

      test('fails when the value is not a secret document', async () => {
        subject.saveByHand(secretId, '{"username":"app"}');

        const failure = mirror.read({ stage: 'CURRENT' });

        await expect(failure).rejects.toThrow(SecretFormatError);
        await expect(failure).rejects.toThrow(
          /^\S+: version \S+ does not fit: password is missing\./,
        );
      });
    });

    describe('staging', () => {
      test('makes a pending version that can be read, and leaves CURRENT alone', async () => {
        await mirror.stage(second);

        const version = await mirror.read({ name: SECOND });
        expect(version?.document.text).toBe('{"username":"app","password":"second-password"}');
        expect(version?.stages).toEqual(stages('PENDING', 'LATEST'));
        expect((await mirror.read({ stage: 'CURRENT' }))?.name).toBe(FIRST);
      });

      test('changes nothing where the name is taken', async () => {
        await mirror.stage(second);

        await mirror.stage({ name: SECOND, document: documentOf(THIRD_TEXT) });

        expect(versions()).toEqual(seen('1 CURRENT', '2 PENDING+LATEST'));
        expect((await mirror.read({ name: SECOND }))?.document.text).toBe(
          '{"username":"app","password":"second-password"}',
        );
      });

      test('makes an earlier pending version DEPRECATED, still to be read by its name', async () => {
        await mirror.stage(second);

        await mirror.stage(third);

        expect(versions()).toEqual(seen('1 CURRENT', '2 DEPRECATED', '3 PENDING+LATEST'));
        expect((await mirror.read({ name: SECOND }))?.stages).toEqual(['DEPRECATED']);
      });

      test('takes a document of the size that it names', async () => {
        const bytes = subject.documentBytesMax;
        expect(mirror.documentBytesMax).toBe(bytes);

        await mirror.stage({ name: SECOND, document: documentOf(textOf(bytes)) });

        expect(versions()).toEqual(seen('1 CURRENT', '2 PENDING+LATEST'));
      });

      test('fails when the document is a byte longer', async () => {
        const document = documentOf(textOf(subject.documentBytesMax + 1));

        await expect(mirror.stage({ name: SECOND, document })).rejects.toThrow(VaultRefusedError);
      });
    });

    describe('promoting', () => {
      let number: number;

      beforeEach(async () => {
        await mirror.stage(second);
        number = await numberOf(SECOND);
      });

      test('makes the version CURRENT and the one before it PREVIOUS', async () => {
        await mirror.promote(number);

        expect(versions()).toEqual(seen('1 PREVIOUS', '2 CURRENT+LATEST'));
        expect((await mirror.read({ stage: 'CURRENT' }))?.name).toBe(SECOND);
      });

      test('changes nothing the second time', async () => {
        await mirror.promote(number);
        expect(promotions()).toBe(1);

        await mirror.promote(number);

        expect(promotions()).toBe(1);
        expect(versions()).toEqual(seen('1 PREVIOUS', '2 CURRENT+LATEST'));
      });

      test('takes a DEPRECATED version, one that another pending version has pushed out', async () => {
        await mirror.stage(third);

        await mirror.promote(number);

        expect(versions()).toEqual(seen('1 PREVIOUS', '2 CURRENT', '3 PENDING+LATEST'));
      });

      test('goes back to an older version', async () => {
        await mirror.promote(number);

        await mirror.promote(await numberOf(FIRST));

        expect(versions()).toEqual(seen('1 CURRENT', '2 PREVIOUS+LATEST'));
      });

      test('fails when there is no such version', async () => {
        await expect(mirror.promote(7)).rejects.toThrow(VaultRefusedError);
        expect(versions()).toEqual(seen('1 CURRENT', '2 PENDING+LATEST'));
      });
    });

    describe('listing and retiring', () => {
      beforeEach(async () => {
        await mirror.stage(second);
        await mirror.stage(third);
      });

      test('lists all versions, newest first', async () => {
        const number = expect.any(Number) as number;
        expect(await mirror.list()).toEqual([
          {
            number,
            name: THIRD,
            stages: stages('PENDING', 'LATEST'),
            isScheduledForDeletion: false,
          },
          {
            number,
            name: SECOND,
            stages: ['DEPRECATED'],
            isScheduledForDeletion: subject.removesByItself,
          },
          { number, name: FIRST, stages: ['CURRENT'], isScheduledForDeletion: false },
        ]);
      });

      test('schedules a DEPRECATED version for deletion, once', async () => {
        const number = await numberOf(SECOND);
        await mirror.retire(number);
        await mirror.retire(number);

        const retired = (await mirror.list()).filter((one) => one.isScheduledForDeletion);
        expect(retired.map((one) => one.name)).toEqual([SECOND]);
      });

      test.each([FIRST, THIRD, 'none'])(
        'fails when the version is not a DEPRECATED one: %s',
        async (versionName) => {
          const number = versionName === 'none' ? 7 : await numberOf(versionName);
          const before = await mirror.list();

          await expect(mirror.retire(number)).rejects.toThrow(VaultRefusedError);
          expect(await mirror.list()).toEqual(before);
        },
      );
    });
  });

  describeMirrorFailures(name, make);
}

/** A secret document of that many bytes. */
function textOf(bytes: number): string {
  const frame = '{"username":"app","password":"second-password","fill":""}';
  return frame.replace('""}', `"${'x'.repeat(bytes - frame.length)}"}`);
}
