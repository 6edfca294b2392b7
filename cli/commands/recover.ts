import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

/** Below Oracle's ten in a row, with room for the rotation's own five of a day. */
const REFUSED_MAX = 4;
const REFUSED_MAX_MOST = 50;

interface RecoverOptions {
  readonly region?: string;
  readonly file: string;
  readonly refusedMax: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function recoverCommand(session: Session): Command {
  return new Command('recover')
    .description('Brings vaults and databases back in step with one stored password.')
    .argument('<name>', 'the name of the rotation')
    .option('--dry-run', 'show what would be done, and do nothing of it')
    .option('--refused-max <count>', 'logins each database may refuse', toCount, REFUSED_MAX)
    .option('--file <file>', 'the file of rotations, for its CA files', 'rotations.json')
    .option('--region <region>', 'where the rotation is deployed')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nRuns here and with your own rights, so from a place that reaches the databases. Asks each database for the stored password that it accepts, shows what is to be done, asks, does it, and proves it.\n\nExample:\n  $ lockstep recover orders --dry-run\n  $ lockstep recover orders',
    )
    .action(
      session.action((name: string, options: RecoverOptions) => recover(session, name, options)),
    );
}

function toCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= REFUSED_MAX_MOST) return count;
  throw new InvalidArgumentError(`give a whole number from 1 to ${REFUSED_MAX_MOST}.`);
}

async function recover(session: Session, name: string, options: RecoverOptions): Promise<Outcome> {
  if (session.isJson && options.yes !== true && options.dryRun !== true) {
    throw new CommandError('this asks before it does anything, and here is nobody to answer', {
      remedy: 'give --dry-run to see the plan, or --yes to agree beforehand',
      ending: 'usage',
    });
  }
  session.progress.begin(`looking for rotation ${name}`);
  const [{ openOperator }, { openRotationWorld }, { Recovery }] = await Promise.all([
    import('../operator.ts'),
    import('../rotation-world.ts'),
    import('../recovery.ts'),
  ]);
  const { target, close } = await openOperator(session, { name, region: options.region });
  const world = openRotationWorld(session, target, { task: 'recover', file: options.file });
  try {
    return await new Recovery(session, { name, world, options }).run();
  } finally {
    world.close();
    close();
  }
}
