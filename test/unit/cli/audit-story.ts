import type { AuditEvent } from '../../../lambda/domain/audit-event.ts';
import { Password } from '../../../lambda/domain/password.ts';
import type { AuditStore } from '../../../lambda/ports/audit-store.ts';
import { MemoryAuditStore } from '../../../local/memory/audit-store.ts';
import { CONTEXT, makeTrail } from '../audit-fixture.ts';
import type { ChainedAuditTrailOptions } from '../../../lambda/adapters/audit-trail.ts';

const [SM, OCI, RDS, ADB] = [
  'secrets-manager',
  'oci-frankfurt',
  'orders-rds',
  'orders-adb',
] as const;

/** Milliseconds after the entry before, the event, the subject, and the error's name. */
type Line = readonly [number, AuditEvent['event'], string, string?];
type Step = ChainedAuditTrailOptions['context']['step'];

interface Call {
  readonly step: Step;
  readonly lines: readonly Line[];
}

export interface Chapter {
  readonly start: string;
  readonly versionId: string;
  /** Milliseconds before each call, with the call. */
  readonly calls: readonly (readonly [number, Call])[];
}

const create: Call = {
  step: 'createSecret',
  lines: [
    [410, 'staged', SM],
    [530, 'staged', OCI],
  ],
};
const set: Call = {
  step: 'setSecret',
  lines: [
    [620, 'change-intended', RDS],
    [40, 'change-intended', ADB],
    [85, 'changed', RDS],
    [70, 'proven', RDS],
    [240, 'changed', ADB],
    [190, 'proven', ADB],
  ],
};
const prove: Call = {
  step: 'testSecret',
  lines: [
    [380, 'proven', RDS],
    [150, 'proven', ADB],
  ],
};
const finish: Call = {
  step: 'finishSecret',
  lines: [
    [300, 'proven', RDS],
    [110, 'proven', ADB],
    [900, 'promoted', OCI],
    [160, 'promoted', SM],
    [700, 'version-retired', OCI],
  ],
};
const wholeRotation: Chapter['calls'] = [
  [0, create],
  [900, set],
  [800, prove],
  [700, finish],
];

const MINUTE_MS = 60_000;

/** A year of a rotation, as a company would have it: most go well, some do not. */
export const CHAPTERS: readonly Chapter[] = [
  {
    start: '2026-01-01T03:04:11.000Z',
    versionId: '1a5a0000-0000-4000-8000-000000000001',
    calls: wholeRotation,
  },
  {
    start: '2026-02-01T03:22:40.000Z',
    versionId: '2b5a0000-0000-4000-8000-000000000002',
    calls: wholeRotation,
  },
  {
    // OCI Vault does not answer while it is to be promoted: the retry finishes.
    start: '2026-03-01T03:10:02.000Z',
    versionId: '3c5a0000-0000-4000-8000-000000000003',
    calls: [
      [0, create],
      [900, set],
      [800, prove],
      [
        700,
        {
          step: 'finishSecret',
          lines: [
            [300, 'proven', RDS],
            [110, 'proven', ADB],
            [31_000, 'step-failed', OCI, 'VaultUnreachableError'],
          ],
        },
      ],
      [52 * MINUTE_MS, create],
      [
        900,
        {
          step: 'setSecret',
          lines: [
            [500, 'proven', RDS],
            [90, 'proven', ADB],
          ],
        },
      ],
      [800, prove],
      [700, finish],
    ],
  },
  {
    start: '2026-04-01T03:31:15.000Z',
    versionId: '4d5a0000-0000-4000-8000-000000000004',
    calls: wholeRotation,
  },
  {
    // The Autonomous Database is down after the first change: the change is taken back, and nobody retried.
    start: '2026-05-01T03:02:33.000Z',
    versionId: '5e5a0000-0000-4000-8000-000000000005',
    calls: [
      [0, create],
      [
        900,
        {
          step: 'setSecret',
          lines: [
            [620, 'change-intended', RDS],
            [40, 'change-intended', ADB],
            [85, 'changed', RDS],
            [70, 'proven', RDS],
            [10_400, 'change-failed', ADB, 'DatabaseUnreachableError'],
            [90, 'login-refused', RDS],
            [60, 'change-intended', RDS],
            [120, 'restored', RDS],
            [30, 'step-failed', ADB, 'DatabaseUnreachableError'],
          ],
        },
      ],
    ],
  },
  {
    start: '2026-05-04T09:14:00.000Z',
    versionId: '6f5a0000-0000-4000-8000-000000000006',
    calls: wholeRotation,
  },
  {
    // A database that cannot be taken back has the new password when the mirror fails: forward.
    start: '2026-07-01T03:17:48.000Z',
    versionId: '7a6b0000-0000-4000-8000-000000000007',
    calls: [
      [0, create],
      [
        900,
        {
          step: 'setSecret',
          lines: [
            ...set.lines,
            [60, 'proven', RDS],
            [90, 'proven', ADB],
            [140, 'promoted', SM],
            [30, 'step-failed', OCI, 'VaultUnreachableError'],
          ],
        },
      ],
      [61 * MINUTE_MS, { step: 'finishSecret', lines: [[820, 'mirror-levelled', OCI]] }],
    ],
  },
  {
    // The Autonomous Database refuses the password by policy: the version is given up.
    start: '2026-08-01T03:08:20.000Z',
    versionId: '8b7c0000-0000-4000-8000-000000000008',
    calls: [
      [0, create],
      [
        900,
        {
          step: 'setSecret',
          lines: [
            [620, 'change-intended', RDS],
            [40, 'change-intended', ADB],
            [85, 'change-failed', ADB, 'PasswordPolicyError'],
            [60, 'pending-removed', SM],
            [30, 'step-failed', ADB, 'PasswordPolicyError'],
          ],
        },
      ],
    ],
  },
  {
    start: '2026-08-01T04:10:00.000Z',
    versionId: '9c8d0000-0000-4000-8000-000000000009',
    calls: wholeRotation,
  },
  {
    start: '2026-10-01T03:40:09.000Z',
    versionId: 'ad9e0000-0000-4000-8000-00000000000a',
    calls: wholeRotation,
  },
  {
    start: '2026-10-02T08:00:00.000Z',
    versionId: 'none',
    calls: [
      [
        0,
        {
          step: 'revoke',
          lines: [
            [400, 'overlap-end-intended', ADB],
            [90, 'proven', ADB],
            [20, 'overlap-ended', ADB],
          ],
        },
      ],
    ],
  },
  {
    start: '2026-11-01T03:26:30.000Z',
    versionId: 'beaf0000-0000-4000-8000-00000000000b',
    calls: wholeRotation,
  },
];

/** Writes the chapters with the function's own trail, so that what is read is what it writes. */
export async function writeStory<Store extends AuditStore = MemoryAuditStore>(
  given: Partial<ChainedAuditTrailOptions> & { readonly store?: Store } = {},
  chapters: readonly Chapter[] = CHAPTERS,
): Promise<Store> {
  const store = given.store ?? (new MemoryAuditStore() as AuditStore as Store);
  const tip = { link: undefined };
  let requests = 0;
  for (const { start, versionId, calls } of chapters) {
    let nowMs = Date.parse(start);
    const credential = { username: 'app', password: new Password(`no password of ${versionId}`) };
    for (const [pauseMs, { step, lines }] of calls) {
      nowMs += pauseMs;
      requests += 1;
      const context = { ...CONTEXT, step, versionId, requestId: `request-${requests}` };
      const clock = { now: (): number => nowMs };
      const { trail } = makeTrail({ store, tip, clock, ...given, context });
      for (const [afterMs, event, subject, error] of lines) {
        nowMs += afterMs;
        const failed = error === undefined ? {} : { error };
        await trail.append({
          event,
          subject,
          ...(event === 'step-failed' ? {} : { credential }),
          ...failed,
        });
      }
    }
  }
  return store;
}
