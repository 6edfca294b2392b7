import { Command, InvalidArgumentError } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

const MINUTE_MS = 60_000;
const PATIENCE_MINUTES = 10;

interface RotateOptions {
  readonly region?: string;
  readonly watch?: boolean;
  readonly dryRun?: boolean;
  readonly patience: number;
}

export function rotateCommand(session: Session): Command {
  return new Command('rotate')
    .description('Starts a rotation, or tells what one would do.')
    .argument('<name>', 'the name of the rotation')
    .option('--region <region>', 'where the rotation is deployed')
    .option('--watch', 'follow the four steps to the end; also one that is under way or stuck')
    .option('--dry-run', 'do everything up to the first change, and tell what would happen')
    .option(
      '--patience <minutes>',
      'with --watch: how long to wait while nothing happens, and for a failure to heal',
      minutes,
      PATIENCE_MINUTES,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ lockstep rotate orders --dry-run\n  $ lockstep rotate orders --watch',
    )
    .action(
      session.action((name: string, options: RotateOptions) => rotate(session, name, options)),
    );
}

function minutes(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('expected a number of minutes');
}

async function rotate(session: Session, name: string, options: RotateOptions): Promise<Outcome> {
  session.progress.begin(`looking for rotation ${name}`);
  const { openOperator } = await import('../operator.ts');
  const operator = await openOperator(session, { name, region: options.region });
  try {
    if (options.dryRun === true) {
      const { dryRun } = await import('../rotation-dry-run.ts');
      return await dryRun(session, operator);
    }
    const { startAndFollow } = await import('../rotation-watch.ts');
    return await startAndFollow(session, operator, {
      isWatched: options.watch === true,
      patienceMs: options.patience * MINUTE_MS,
    });
  } finally {
    operator.close();
  }
}
