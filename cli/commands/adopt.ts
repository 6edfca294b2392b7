import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface AdoptOptions {
  readonly region?: string;
  readonly file: string;
  readonly yes?: boolean;
}

export function adoptCommand(session: Session): Command {
  return new Command('adopt')
    .description('Takes over an existing credential without rotating it.')
    .argument('<name>', 'the name of the rotation')
    .option('--file <file>', 'the file of rotations, for its CA files', 'rotations.json')
    .option('--region <region>', 'where the rotation is deployed')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nRuns here and with your own rights, so from a place that reaches the databases. Proves AWSCURRENT on each of them, gives the mirrors its value, and writes the first entries of the audit trail. Running it again changes nothing.\n\nExample:\n  $ lockstep adopt orders',
    )
    .action(session.action((name: string, options: AdoptOptions) => adopt(session, name, options)));
}

async function adopt(session: Session, name: string, options: AdoptOptions): Promise<Outcome> {
  const { progress, colours } = session;
  progress.begin(`looking for rotation ${name}`);
  const [{ openOperator }, { openRotationWorld }, core, { NO_VERSION }] = await Promise.all([
    import('../operator.ts'),
    import('../rotation-world.ts'),
    import('../../lambda/operator/adopt.ts'),
    import('../../lambda/domain/step.ts'),
  ]);
  const { target, close } = await openOperator(session, { name, region: options.region });
  const world = openRotationWorld(session, target, { task: 'adopt', file: options.file });
  try {
    const mirrors = target.config.mirrors.map((mirror) => mirror.name).join(', ');
    await session.confirm(
      `Log in to every database once with AWSCURRENT, and make its value the current one of ${mirrors}?`,
      { isAgreed: options.yes === true },
    );
    progress.begin('proving AWSCURRENT everywhere');
    const adoption = await core.adopt(world.enter(NO_VERSION));
    const lines = [
      ...adoption.databases.map((database) => `${database}: accepts AWSCURRENT`),
      ...adoption.mirrors.map((mirror) =>
        mirror.outcome === 'same'
          ? `${mirror.name}: held the same value already`
          : `${mirror.name}: holds the value of AWSCURRENT now, as version ${adoption.versionId}`,
      ),
      adoption.isNew
        ? 'audit trail: says so since now'
        : 'audit trail: said so before, and has no new entry of it',
    ];
    return {
      ending: 'fine',
      json: { ok: true, rotation: name, ...adoption },
      text: lines.map((line) => `${colours.green('✔')} ${line}`).join('\n'),
    };
  } finally {
    world.close();
    close();
  }
}
