import { Command } from 'commander';
import type { AwsPlace } from '../aws-clients.ts';
import { OUTCOME_WORDS, spanText, timeText } from '../audit/outcome-words.ts';
import { historyOf, type Rotation } from '../audit/rotation-history.ts';
import { subjectStates } from '../audit/subject-state.ts';
import type { Colours } from '../colours.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

export function auditListCommand(session: Session): Command {
  return new Command('list')
    .description(
      'Lists rotations by the audit trail: start, duration, outcome, each database and vault.',
    )
    .argument('<name>', 'the rotation')
    .option('--region <region>', 'where it is deployed')
    .addHelpText(
      'after',
      `
Only entries that are authentic are listed. Ends with 1 where the trail does not hold.

Example:
  $ lockstep audit list orders`,
    )
    .action(session.action((name: string, place: AwsPlace) => listAudit(session, name, place)));
}

async function listAudit(session: Session, name: string, place: AwsPlace): Promise<Outcome> {
  const { readTrail, LEADING_VAULT } = await import('../audit/read-trail.ts');
  const { report, entries } = await readTrail(session, name, place);
  const { rotations } = historyOf(entries, LEADING_VAULT);
  const { colours } = session;
  const lines = rotations.flatMap((rotation) => linesOf(rotation, colours));
  if (rotations.length === 0) lines.push('no rotation yet');
  if (!report.isIntact) {
    lines.push(
      `${colours.red('✖')} the trail does not hold; lockstep audit verify ${name} says what is wrong`,
    );
  }
  return {
    ending: report.isIntact ? 'fine' : 'failed',
    json: { ok: report.isIntact, rotation: name, rotations: rotations.map(jsonOf) },
    text: lines.join('\n'),
  };
}

/** What a reader wants to know of how long it took: until people could read the new password, or until it ended. */
function durationMs({ startedMs, endedMs, promotedMs }: Rotation): number {
  return (promotedMs ?? endedMs) - startedMs;
}

function linesOf(rotation: Rotation, colours: Colours): readonly string[] {
  const { startedMs, outcome, versionId, attempts } = rotation;
  const isGood = outcome === 'succeeded' || outcome === 'tested';
  const paint = isGood ? colours.green : outcome === 'unfinished' ? colours.yellow : colours.red;
  const label = paint(OUTCOME_WORDS[outcome].label.padEnd(14));
  const duration = spanText(durationMs(rotation)).padStart(12);
  const states = [...subjectStates(rotation)].map(([subject, state]) => `${subject} ${state}`);
  const failures = attempts.flatMap(({ step, failure }) =>
    failure === undefined ? [] : [`    ${step}: ${failure.subject}: ${failure.error ?? 'failed'}`],
  );
  return [
    `${timeText(startedMs)} UTC ${duration}  ${label} ${versionId}`,
    `    ${states.join(', ')}`,
    ...failures.map((line) => colours.red(line)),
  ];
}

function jsonOf(rotation: Rotation): object {
  const { versionId, startedMs, endedMs, promotedMs, outcome, attempts } = rotation;
  return {
    versionId,
    outcome,
    started: new Date(startedMs).toISOString(),
    ended: new Date(endedMs).toISOString(),
    promoted: promotedMs === undefined ? null : new Date(promotedMs).toISOString(),
    durationMs: durationMs(rotation),
    subjects: Object.fromEntries(subjectStates(rotation)),
    failures: attempts.flatMap(({ step, failure }) =>
      failure === undefined
        ? []
        : [{ step, subject: failure.subject, error: failure.error, sequence: failure.sequence }],
    ),
  };
}
