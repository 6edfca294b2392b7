import { ageChart } from '../../../cli/audit/report/age-chart.ts';
import { html } from '../../../cli/audit/report/html.ts';
import { reportPage } from '../../../cli/audit/report/page.ts';
import { timeTicks, valueTicks } from '../../../cli/audit/report/ticks.ts';
import { spanText, timeText } from '../../../cli/audit/outcome-words.ts';
import { promotedVersions } from '../../../cli/audit/promoted-versions.ts';
import { historyOf } from '../../../cli/audit/rotation-history.ts';
import { verifyTrail } from '../../../lambda/adapters/audit-verification.ts';
import type { Entry } from '../../../lambda/audit/entry.ts';
import { objectKey } from '../../../lambda/audit/object-key.ts';
import { MemoryAuditKey } from '../../../local/memory/audit-key.ts';
import { CONTEXT, FIRST_KEY, PREFIX } from '../audit-fixture.ts';
import { writeStory, type Chapter } from './audit-story.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

async function pageOf(chapters?: readonly Chapter[], { isTampered = false } = {}): Promise<string> {
  const store = await writeStory({}, chapters);
  if (isTampered) store.tamper(objectKey(PREFIX, 2), undefined);
  const entries: Entry[] = [];
  const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
  const onEntry = (entry: Entry): number => entries.push(entry);
  const report = await verifyTrail({ store, key, prefix: PREFIX, onEntry });
  return reportPage({
    rotation: 'orders',
    secretArn: CONTEXT.secretArn,
    subjects: ['secrets-manager', 'oci-frankfurt', 'orders-rds', 'orders-adb'],
    history: historyOf(entries, 'secrets-manager'),
    entries,
    report,
    promotedVersionIds: [],
    nowMs: NOW_MS,
  });
}

/** What a browser shows, with the text of hover titles: where a line of the source ends is nothing to the reader. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('the report', () => {
  let page: string;

  beforeAll(async () => {
    page = await pageOf();
  });

  test('says that the trail holds, and what the numbers are', () => {
    expect(textOf(page)).toContain('The audit trail holds: 163 entries');
    expect(textOf(page)).toContain('9 of 11 rotations published a password');
    expect(textOf(page)).toContain('19 d 6 h age of the password');
  });

  test('shows every rotation with its outcome, those with a failure open', () => {
    expect(page.match(/<details class="card"/g)).toHaveLength(11);
    // The newest, and four with a failed attempt.
    expect(page.match(/<details class="card" +open>/g)).toHaveLength(5);
    for (const label of ['succeeded after a failure', 'taken back', 'rolled forward', 'given up']) {
      expect(textOf(page)).toContain(`UTC ${label} `);
    }
  });

  test('tells what failed and what undid it', () => {
    const text = textOf(page);
    expect(text).toContain('orders-adb change failed: DatabaseUnreachableError in setSecret');
    expect(text).toContain('orders-rds taken back in setSecret');
    expect(text).toContain('secrets-manager pending version dropped in setSecret');
  });

  test('asks for nothing from the network, and forbids the browser to', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page).not.toMatch(/(https?:|url\(|@import|@font-face| src=)/i);
    for (const [, target] of page.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^#s-/);
  });

  test('draws nothing at a place that is no number', () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('uses only symbols that are defined', () => {
    for (const [, name] of page.matchAll(/href="#([^"]*)"/g)) {
      expect(page).toContain(`id="${name ?? ''}"`);
    }
  });

  test('escapes whatever the trail says', async () => {
    const evil = `<script>alert("1")</script>&'`;
    const hostile = await pageOf([
      {
        start: '2026-01-01T00:00:00.000Z',
        versionId: `"><img src=x onerror=alert(1)>`,
        calls: [
          [
            0,
            {
              step: 'setSecret',
              lines: [
                [1, 'staged', evil],
                [1, 'login-refused', evil],
                [1, 'step-failed', evil, evil],
              ],
            },
          ],
        ],
      },
    ]);
    expect(hostile).not.toMatch(/<script|<img/i);
    expect(hostile).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;');
  });

  test('says that the trail does not hold, and names the entry', async () => {
    const broken = await pageOf(undefined, { isTampered: true });
    expect(textOf(broken)).toContain('The audit trail does not hold: one finding');
    expect(textOf(broken)).toContain('2 missing there is no entry 2');
    expect(textOf(broken)).not.toContain('The audit trail holds');
  });

  test('of a trail without a rotation says so', async () => {
    const empty = await pageOf([]);
    expect(textOf(empty)).toContain('The audit trail holds: 0 entries');
    expect(textOf(empty)).toContain('No rotation yet.');
    expect(empty).not.toMatch(/NaN|undefined/);
  });
});

test('the chart starts a new tooth where a password was published', () => {
  const rotation = {
    versionId: 'version',
    startedMs: NOW_MS - 10 * 86_400_000,
    endedMs: NOW_MS - 10 * 86_400_000,
    outcome: 'succeeded',
    promotedMs: NOW_MS - 10 * 86_400_000,
    attempts: [],
    subjects: [],
  } as const;
  const { markup } = ageChart({ rotations: [rotation], refusals: [], nowMs: NOW_MS });
  expect(textOf(markup)).toContain('published 2026-11-10 10:00:00 UTC, in force for 10 d');
});

test.each([
  [90_000, '09:58:37'],
  [86_400_000, '11-19 12:00'],
  [60 * 86_400_000, '2026-09-26'],
])('an axis over %d milliseconds is labelled as finely as needed', (spanMs, first) => {
  expect(timeTicks(NOW_MS - spanMs, NOW_MS)[0]?.label).toBe(first);
});

test('a template escapes values, also within a list, and not the markup of another', () => {
  expect(html`<b title="${'"'}">${['<', html`<i>${'&'}</i>`, 7]}</b>`.markup).toBe(
    '<b title="&quot;">&lt;<i>&amp;</i>7</b>',
  );
});

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [31, [0, 10, 20, 30, 40]],
  [400, [0, 100, 200, 300, 400]],
])('an axis up to %d has few whole numbers', (highest, ticks) => {
  expect(valueTicks(highest)).toEqual(ticks);
});

test.each([
  [0, '0 ms'],
  [840, '840 ms'],
  [3_290, '3.2 s'],
  [59_999, '59.9 s'],
  [250_000, '4 min 10 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [2_692_800_000, '31 d 4 h'],
])('%d milliseconds are read as %s', (spanMs, text) => {
  expect(spanText(spanMs)).toBe(text);
});

test('a time is read in UTC, to the second', () => {
  expect(timeText(Date.UTC(2026, 10, 20, 9, 8, 7, 654))).toBe('2026-11-20 09:08:07');
});

describe('the version that a rotation promoted last', () => {
  const rotated = new Date('2026-11-20T10:00:00Z');
  const before = new Date('2026-11-20T09:59:00Z');
  const later = new Date('2026-11-21T10:00:00Z');
  const current = { VersionId: 'current', VersionStages: ['AWSCURRENT', 'AWSPENDING'] };
  const previous = { VersionId: 'previous', VersionStages: ['AWSPREVIOUS'] };

  test('is AWSCURRENT', () => {
    const versions = [
      { ...previous, CreatedDate: before },
      { ...current, CreatedDate: before },
    ];
    expect(promotedVersions(versions, rotated)).toEqual(['current']);
  });

  test('is AWSPREVIOUS where a person has stored another since', () => {
    const versions = [
      { ...current, CreatedDate: later },
      { ...previous, CreatedDate: before },
    ];
    expect(promotedVersions(versions, rotated)).toEqual(['previous']);
  });

  test('is not known where people have stored two since', () => {
    const versions = [
      { ...current, CreatedDate: later },
      { ...previous, CreatedDate: later },
      { VersionId: 'deprecated', CreatedDate: before },
    ];
    expect(promotedVersions(versions, rotated)).toEqual([]);
  });
});
