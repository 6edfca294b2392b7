import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { connectionStringsSecrets } from '../../config/connection-strings-config.ts';
import type { AwsPlace } from '../aws-clients.ts';
import { CommandError } from '../command-error.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface ReportOptions extends AwsPlace {
  readonly out: string;
}

export function auditReportCommand(session: Session): Command {
  return new Command('report')
    .description(
      'Writes one HTML page: rotations and their steps per database and vault, failures and what undid them, the age of the password.',
    )
    .argument('<name>', 'the rotation')
    .requiredOption('--out <file>', 'the page to write; one that is there is replaced')
    .option('--region <region>', 'where it is deployed')
    .addHelpText(
      'after',
      `
The page needs no network and holds no secret. Ends with 1 where the trail does not hold; the page says so too.

Example:
  $ lockstep audit report orders --out report.html`,
    )
    .action(
      session.action((name: string, options: ReportOptions) => report(session, name, options)),
    );
}

async function report(session: Session, name: string, options: ReportOptions): Promise<Outcome> {
  const [{ readTrail, LEADING_VAULT }, { historyOf }, { reportPage }] = await Promise.all([
    import('../audit/read-trail.ts'),
    import('../audit/rotation-history.ts'),
    import('../audit/report/page.ts'),
  ]);
  const {
    target,
    report: chain,
    entries,
    promotedVersionIds,
  } = await readTrail(session, name, options);
  const { config } = target;
  const followers = [...config.mirrors, ...connectionStringsSecrets(config), ...config.databases];
  const history = historyOf(entries, LEADING_VAULT);
  const page = reportPage({
    rotation: name,
    secretArn: config.secretArn,
    subjects: [LEADING_VAULT, ...followers.map((one) => one.name)],
    history,
    entries,
    report: chain,
    promotedVersionIds,
    nowMs: session.world.clock.now(),
  });
  const file = path.resolve(session.world.folder, options.out);
  await write(file, page);
  const { isIntact } = chain;
  const state = isIntact ? 'the trail holds' : 'the trail does not hold';
  return {
    ending: isIntact ? 'fine' : 'failed',
    json: { ok: isIntact, rotation: name, file, rotationCount: history.rotations.length },
    text: `${session.colours[isIntact ? 'green' : 'red'](isIntact ? '✔' : '✖')} ${file}: ${history.rotations.length} rotations; ${state}`,
  };
}

async function write(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new CommandError(`cannot write ${file}`, {
      remedy: 'name a file in a folder that exists and may be written to',
      cause: error,
    });
  }
}
