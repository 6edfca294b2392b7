import * as z from 'zod';
import type {
  DatabaseRehearsal,
  MirrorRehearsal,
  RehearsalReport,
} from '../lambda/domain/rehearsal-report.ts';
import { CommandError } from './command-error.ts';
import { callOperation } from './function-call.ts';
import type { Operator } from './operator.ts';
import type { Outcome } from './outcome.ts';
import type { Session } from './session.ts';

const HOUR_MS = 3_600_000;

const NotReady = z.object({ isReady: z.literal(false), error: z.string(), message: z.string() });
const Report = z.object({
  username: z.string(),
  databases: z.array(
    z.discriminatedUnion('isReady', [
      NotReady.extend({ name: z.string(), engine: z.string() }),
      z.object({
        name: z.string(),
        engine: z.string(),
        isReady: z.literal(true),
        openedBy: z.string(),
        keptForMs: z.number().nullable(),
        isTakenBack: z.boolean(),
      }),
    ]),
  ),
  mirrors: z.array(
    z.discriminatedUnion('isReady', [
      NotReady.extend({ name: z.string() }),
      z.object({ name: z.string(), isReady: z.literal(true), isLevel: z.boolean() }),
    ]),
  ),
});

/** Has the function do everything up to the first change, and tells what a rotation would do. */
export async function dryRun(
  session: Session,
  { target, lambda }: Pick<Operator, 'target' | 'lambda'>,
): Promise<Outcome> {
  session.progress.begin('the function rehearses a rotation');
  const parsed = Report.safeParse(await callOperation(lambda, target, 'rehearse'));
  if (!parsed.success) {
    throw new CommandError('the function answered in a way that this version does not know', {
      remedy: 'deploy the rotation with this version: cdk deploy',
    });
  }
  const report: RehearsalReport = parsed.data;
  const isGood = [...report.databases, ...report.mirrors].every(({ isReady }) => isReady);
  return {
    ending: isGood ? 'fine' : 'failed',
    json: { ok: isGood, rotation: target.name, ...report },
    text: text(session, { name: target.name, report, isGood }),
  };
}

function text(
  { colours }: Session,
  { name, report, isGood }: { name: string; report: RehearsalReport; isGood: boolean },
): string {
  const lines = [
    ...report.databases.map((one) => ({ one, what: databaseText(one) })),
    ...report.mirrors.map((one) => ({ one, what: mirrorText(one) })),
  ];
  const width = Math.max(...lines.map(({ one }) => one.name.length));
  return [
    `A rotation of ${name} would change the password of ${report.username}. Nothing was changed.`,
    ...lines.map(({ one, what }) => {
      const sign = one.isReady ? colours.green('✔') : colours.red('✖');
      return `${sign} ${one.name.padEnd(width)}  ${what}`;
    }),
    ...(isGood ? [] : ['A rotation would fail.']),
  ].join('\n');
}

function databaseText(one: DatabaseRehearsal): string {
  if (!one.isReady) return one.message;
  const { engine, openedBy, keptForMs, isTakenBack } = one;
  const end = isTakenBack
    ? 'taken back if another one fails'
    : 'not taken back: the rotation goes forward from there';
  return `${engine}: opened by ${openedBy}; the old password ${keptText(keptForMs)}; ${end}`;
}

function keptText(keptForMs: number | null): string {
  if (keptForMs === null) return 'stays valid until the rotation after';
  if (keptForMs === 0) return 'ends with the change';
  return `stays valid for ${Math.round(keptForMs / HOUR_MS)} h`;
}

function mirrorText(one: MirrorRehearsal): string {
  if (!one.isReady) return one.message;
  return one.isLevel
    ? 'publishes what AWSCURRENT holds'
    : 'lags behind AWSCURRENT: a rotation brings it level first';
}
