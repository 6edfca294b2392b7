import { historyOf, type History, type Rotation } from '../../../cli/audit/rotation-history.ts';
import { subjectStates } from '../../../cli/audit/subject-state.ts';
import { verifyTrail } from '../../../lambda/adapters/audit-verification.ts';
import type { Entry } from '../../../lambda/audit/entry.ts';
import { MemoryAuditKey } from '../../../local/memory/audit-key.ts';
import { FIRST_KEY, PREFIX } from '../audit-fixture.ts';
import { CHAPTERS, writeStory, type Chapter } from './audit-story.ts';

async function historyOfStory(chapters?: readonly Chapter[]): Promise<History> {
  const store = await writeStory({}, chapters);
  const entries: Entry[] = [];
  const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
  const onEntry = (entry: Entry): number => entries.push(entry);
  const report = await verifyTrail({ store, key, prefix: PREFIX, onEntry });
  expect(report.isIntact).toBe(true);
  return historyOf(entries, 'secrets-manager');
}

function find({ rotations }: History, start: string): Rotation {
  const found = rotations.find(({ versionId }) => versionId.startsWith(start));
  if (found === undefined) throw new Error(`expected a rotation ${start}`);
  return found;
}

function chapter(versionId: string, calls: Chapter['calls']): Chapter {
  return { start: '2026-01-01T00:00:00.000Z', versionId, calls };
}

describe('the history in a trail', () => {
  test('says of each rotation how it ended, oldest first', async () => {
    const { rotations } = await historyOfStory();
    expect(
      rotations.map(({ versionId, outcome }) => `${versionId.slice(0, 2)} ${outcome}`),
    ).toEqual([
      '1a succeeded',
      '2b succeeded',
      '3c succeeded',
      '4d succeeded',
      '5e taken-back',
      '6f succeeded',
      '7a rolled-forward',
      '8b given-up',
      '9c succeeded',
      'ad succeeded',
      'be succeeded',
    ]);
  });

  test('says when a rotation began, published and ended', async () => {
    const { startedMs, promotedMs, endedMs } = find(await historyOfStory(), '1a');
    expect(new Date(startedMs).toISOString()).toBe('2026-01-01T03:04:11.410Z');
    expect(new Date(promotedMs ?? 0).toISOString()).toBe('2026-01-01T03:04:17.585Z');
    expect(new Date(endedMs).toISOString()).toBe('2026-01-01T03:04:18.285Z');
  });

  test('tells the attempts of a rotation apart, and which of them failed', async () => {
    const { attempts } = find(await historyOfStory(), '3c');
    expect(attempts.map(({ step, failure }) => [step, failure?.error])).toEqual([
      ['createSecret', undefined],
      ['setSecret', undefined],
      ['testSecret', undefined],
      ['finishSecret', 'VaultUnreachableError'],
      ['createSecret', undefined],
      ['setSecret', undefined],
      ['testSecret', undefined],
      ['finishSecret', undefined],
    ]);
  });

  test('says in which state each database and vault was left', async () => {
    const history = await historyOfStory();
    expect(Object.fromEntries(subjectStates(find(history, '1a')))).toEqual({
      'secrets-manager': 'published',
      'oci-frankfurt': 'published',
      'orders-rds': 'proven',
      'orders-adb': 'proven',
    });
    expect(Object.fromEntries(subjectStates(find(history, '5e')))).toEqual({
      'secrets-manager': 'staged',
      'oci-frankfurt': 'staged',
      'orders-rds': 'restored',
      'orders-adb': 'failed',
    });
  });

  test('keeps what was done between rotations apart', async () => {
    const { operations, rotations } = await historyOfStory();
    expect(operations.map(({ step, entries }) => [step, entries.length])).toEqual([['revoke', 3]]);
    expect(rotations).toHaveLength(CHAPTERS.length - 1);
  });

  test.each<[Rotation['outcome'], Chapter['calls']]>([
    ['tested', [[0, { step: 'testSecret', lines: [[1, 'proven', 'rds']] }]]],
    ['unfinished', [[0, { step: 'setSecret', lines: [[1, 'changed', 'rds']] }]]],
    ['failed', [[0, { step: 'createSecret', lines: [[1, 'step-failed', 'oci', 'SomeError']] }]]],
    [
      'failed',
      [
        [
          0,
          {
            step: 'setSecret',
            lines: [
              [1, 'changed', 'rds'],
              [1, 'restored', 'rds'],
              [1, 'step-failed', 'adb', 'SomeError'],
            ],
          },
        ],
        // The retry changed it again and failed before it could take it back.
        [
          9,
          {
            step: 'setSecret',
            lines: [
              [1, 'changed', 'rds'],
              [1, 'step-failed', 'adb', 'SomeError'],
            ],
          },
        ],
      ],
    ],
  ])('calls a rotation %s', async (outcome, calls) => {
    const { rotations } = await historyOfStory([chapter('version', calls)]);
    expect(rotations.map((one) => one.outcome)).toEqual([outcome]);
  });

  test('takes a promotion in a mirror for none of AWSCURRENT', async () => {
    const lines = [[1, 'promoted', 'oci-frankfurt']] as const;
    const { rotations } = await historyOfStory([
      chapter('version', [[0, { step: 'finishSecret', lines }]]),
    ]);
    expect(rotations[0]).toMatchObject({ outcome: 'unfinished', promotedMs: undefined });
  });

  test('is empty where the trail is', async () => {
    await expect(historyOfStory([])).resolves.toEqual({ rotations: [], operations: [] });
  });
});
