import { VaultUnreachableError, WalletError } from '../../../lambda/domain/errors.ts';
import type { Trust } from '../../../lambda/ports/trust.ts';
import { rotate } from '../../../lambda/rotation/rotate.ts';
import { contextOf } from '../../../local/memory/invocation.ts';
import { World } from '../../../local/memory/world.ts';

const NONE = 'none';

function agesOf(world: World): readonly number[] {
  return world.metrics.filter(({ name }) => name === 'SecretAgeMs').map(({ value }) => value);
}

describe('watch', () => {
  test('tells the age since the last rotation, and since the secret was made where there was none', async () => {
    const world = new World();
    await world.step('watch', NONE);
    const [made = -1] = agesOf(world);
    expect(made).toBeGreaterThanOrEqual(0);
    await world.rotate();
    await world.clock.sleep(3_600_000);
    await world.step('watch', NONE);
    const [, rotated = -1] = agesOf(world);
    expect(rotated).toBeGreaterThanOrEqual(3_600_000);
    expect(rotated).toBeLessThan(3_700_000);
  });

  test('changes nothing and opens no database', async () => {
    const world = new World();
    await world.step('watch', NONE);
    expect(world.events).toEqual([]);
    expect(world.metrics).toContainEqual({ name: 'StepSucceeded', value: 1, subject: 'watch' });
  });

  describe('and certificates', () => {
    const DAY_MS = 24 * 60 * 60 * 1000;

    /** The metrics and warnings of a watch over these certificates. */
    async function watchOver(
      endingIn: Readonly<Record<string, number | Error>>,
    ): Promise<readonly string[]> {
      const world = new World();
      const { clock, faults, secretArn } = world;
      const told: string[] = [];
      const trusts = Object.entries(endingIn).map(([subject, end]): Trust => ({
        subject,
        endMs: async () => {
          if (typeof end !== 'number') throw end;
          return await Promise.resolve(clock.now() + end);
        },
      }));
      const context = contextOf(world, {
        request: { step: 'watch', secretArn, versionId: NONE },
        requestId: 'request-of-test',
        faults,
        clock,
        endMs: clock.now() + 180_000,
        trusts,
        reporter: {
          info: () => undefined,
          warn: (event, { subject } = {}) => told.push(`${event} ${String(subject)}`),
          metric: ({ name, value, subject }) => {
            if (name === 'CertificateDaysLeft') told.push(`${String(subject)}: ${value}`);
          },
        },
      });
      await rotate(context);
      return told;
    }

    test('tells how many whole days each lasts, less than none where one has ended', async () => {
      expect(
        await watchOver({ adb: 29.9 * DAY_MS, rds: 400 * DAY_MS, old: -0.1 * DAY_MS }),
      ).toEqual(['adb: 29', 'rds: 400', 'old: -1']);
    });

    test('asks again in an hour where a place does not answer', async () => {
      const silent = new VaultUnreachableError('no answer', { remedy: 'wait' });
      expect(await watchOver({ adb: silent, rds: DAY_MS })).toEqual([
        'watch.certificate-unusable adb',
        'rds: 1',
      ]);
    });

    test('tells of no day where a wallet cannot be used, and of the others all the same', async () => {
      const unusable = new WalletError('no key', { subject: 'adb', remedy: 'get another' });
      expect(await watchOver({ adb: unusable, rds: DAY_MS })).toEqual([
        'watch.certificate-unusable adb',
        'adb: 0',
        'rds: 1',
      ]);
    });
  });
});
