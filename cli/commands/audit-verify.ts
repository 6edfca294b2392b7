import path from 'node:path';
import { Command } from 'commander';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import type { AwsPlace } from '../aws-clients.ts';
import type { CopyComparison } from '../audit/compare-copies.ts';
import type { ReadTrail } from '../audit/read-trail.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

export function auditVerifyCommand(session: Session): Command {
  return new Command('verify')
    .description(
      'Verifies the whole audit trail of a rotation: every entry and its key, their order, and that none is missing.',
    )
    .argument('<name>', 'the rotation')
    .option('--region <region>', 'where it is deployed')
    .option(
      '--copies <folder>',
      'also compares the entries with copies that were downloaded into this folder, byte for byte',
    )
    .addHelpText(
      'after',
      `
Ends with 1 where the trail does not hold: an entry was altered, removed, added or moved, or its tail is cut off. Gaps
that the function itself leaves when it dies are named, and do not count as that.

The copies (audit.copyTo) are downloaded beforehand, with a right to read the bucket that the function does not have. An
entry that was written since has no copy in the folder yet.

Examples:
  $ lockstep audit verify orders
  $ oci os object bulk-download -ns <namespace> -bn <bucket> --download-dir copies
  $ lockstep audit verify orders --copies copies`,
    )
    .action(
      session.action((name: string, options: VerifyOptions) => verifyAudit(session, name, options)),
    );
}

type VerifyOptions = AwsPlace & { readonly copies?: string };

async function verifyAudit(
  session: Session,
  name: string,
  { copies, ...place }: VerifyOptions,
): Promise<Outcome> {
  const { readTrail } = await import('../audit/read-trail.ts');
  const { target, report, entries, promotedVersionIds } = await readTrail(session, name, place);
  const { isIntact, ...said } = report;
  const compared =
    copies === undefined ? undefined : await compareWith(session, copies, { target, entries });
  const ok = isIntact && (compared?.isSame ?? true);
  return {
    ending: ok ? 'fine' : 'failed',
    json: {
      ok,
      rotation: name,
      ...said,
      promotedVersionIds,
      ...(compared && { copies: compared.comparison }),
    },
    text: [
      textOf(session, { name, report, promotedVersionIds }),
      ...(compared === undefined ? [] : [compared.text]),
    ].join('\n'),
  };
}

async function compareWith(
  { world, colours }: Session,
  folder: string,
  { target, entries }: Pick<ReadTrail, 'target' | 'entries'>,
): Promise<{
  readonly comparison: CopyComparison;
  readonly isSame: boolean;
  readonly text: string;
}> {
  const [{ compareCopies }, { copiesText, isSame }] = await Promise.all([
    import('../audit/compare-copies.ts'),
    import('../audit/copies-text.ts'),
  ]);
  const comparison = await compareCopies(path.resolve(world.folder, folder), {
    audit: target.config.audit,
    entries,
  });
  return { comparison, isSame: isSame(comparison), text: copiesText(comparison, colours) };
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
