import { Command } from 'commander';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import type { AwsPlace } from '../aws-clients.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

export function auditVerifyCommand(session: Session): Command {
  return new Command('verify')
    .description(
      'Verifies the whole audit trail of a rotation: every entry and its key, their order, and that none is missing.',
    )
    .argument('<name>', 'the rotation')
    .option('--region <region>', 'where it is deployed')
    .addHelpText(
      'after',
      `
Ends with 1 where the trail does not hold: an entry was altered, removed, added or moved, or its tail is cut off. Gaps
that the function itself leaves when it dies are named, and do not count as that.

Example:
  $ lockstep audit verify orders`,
    )
    .action(session.action((name: string, place: AwsPlace) => verifyAudit(session, name, place)));
}

async function verifyAudit(session: Session, name: string, place: AwsPlace): Promise<Outcome> {
  const { readTrail } = await import('../audit/read-trail.ts');
  const { report, promotedVersionIds } = await readTrail(session, name, place);
  const { isIntact, ...said } = report;
  return {
    ending: isIntact ? 'fine' : 'failed',
    json: { ok: isIntact, rotation: name, ...said, promotedVersionIds },
    text: textOf(session, { name, report, promotedVersionIds }),
  };
}

interface Verified {
  readonly name: string;
  readonly report: ChainReport;
  readonly promotedVersionIds: readonly string[];
}

function textOf({ colours }: Session, { name, report, promotedVersionIds }: Verified): string {
  const { isIntact, entryCount, tip, findings, findingCount, notices, noticeCount } = report;
  const [failure, notice] = [colours.red('✖'), colours.yellow('!')];
  const lines = [
    ...findings.map(
      ({ kind, sequence, message }) => `${failure} ${whereOf(sequence)} (${kind}): ${message}`,
    ),
    ...more(findingCount - findings.length),
    ...notices.map(
      ({ kind, sequence, message }) => `${notice} ${whereOf(sequence)} (${kind}): ${message}`,
    ),
    ...more(noticeCount - notices.length),
  ];
  if (!isIntact) {
    const count = findingCount === 1 ? 'one finding' : `${findingCount} findings`;
    lines.push(`${failure} the audit trail of ${name} does not hold: ${count}`);
    return lines.join('\n');
  }
  const [promoted] = promotedVersionIds;
  const last =
    promoted === undefined
      ? 'Secrets Manager names no version that a rotation promoted last'
      : `the last version that was promoted, ${promoted}, has its entry`;
  lines.push(
    `${colours.green('✔')} the audit trail of ${name} holds: ${entryCount} entries, none altered, removed, added or moved`,
    `  ${last}`,
    `  newest entry ${tip.sequence}, MAC ${tip.mac}`,
    '  (written down elsewhere, this shows later that nothing up to it was replaced)',
  );
  return lines.join('\n');
}

function whereOf(sequence: number | undefined): string {
  return sequence === undefined ? 'the trail' : `entry ${sequence}`;
}

function more(count: number): readonly string[] {
  return count > 0 ? [`  … and ${count} more`] : [];
}
