import { Command } from 'commander';
import type { StatusReport } from '../../lambda/inspection/status-report.ts';
import { CommandError } from '../command-error.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface StatusOptions {
  readonly region?: string;
  readonly all?: boolean;
  readonly logins: boolean;
}

export function statusCommand(session: Session): Command {
  return new Command('status')
    .description('Tells what is where: vaults, databases, rotation. Changes nothing.')
    .argument('[name]', 'the name of the rotation')
    .option('--all', 'every rotation of the region with its age, without a login')
    .option('--no-logins', 'do not ask the databases which password they accept')
    .option('--region <region>', 'where the rotation is deployed')
    .addHelpText(
      'after',
      '\nAsking a database may cost refused logins. They are taken from what the rotation may risk in a day, and two are left to it.\n\nExamples:\n  $ lockstep status orders\n  $ lockstep status --all',
    )
    .action(
      session.action((name: string | undefined, options: StatusOptions) =>
        options.all === true ? statusOfAll(session, options) : status(session, name, options),
      ),
    );
}

async function status(
  session: Session,
  name: string | undefined,
  { region, logins }: StatusOptions,
): Promise<Outcome> {
  if (name === undefined) {
    throw new CommandError('which rotation?', {
      remedy: 'give its name, or --all',
      ending: 'usage',
    });
  }
  session.progress.begin(`looking at rotation ${name}`);
  const [{ makeLambdaClient }, { callInspector }, { statusText }] = await Promise.all([
    import('../aws-clients.ts'),
    import('../inspector-call.ts'),
    import('../status-text.ts'),
  ]);
  const lambda = makeLambdaClient(session.world.environment, { region });
  try {
    const report = await callInspector(lambda, name, { inspection: 'status', logins });
    return {
      ending: endingOf(report),
      json: { ok: report.verdict === 'in-step', ...report },
      text: statusText(report, session.colours),
    };
  } finally {
    lambda.destroy();
  }
}

function endingOf({ verdict }: StatusReport): Outcome['ending'] {
  if (verdict === 'in-step' || verdict === 'under-way') return 'fine';
  return verdict === 'unknown' ? 'unreachable' : 'failed';
}

async function statusOfAll(session: Session, { region }: StatusOptions): Promise<Outcome> {
  session.progress.begin('looking for rotations');
  const { world, colours } = session;
  const [{ makeLambdaClient, makeOperatorSecretsManagerClient }, { listTargets }, all] =
    await Promise.all([
      import('../aws-clients.ts'),
      import('../rotation-target.ts'),
      import('../status-of-all.ts'),
    ]);
  const lambda = makeLambdaClient(world.environment, { region });
  const secretsManager = makeOperatorSecretsManagerClient(world.environment, { region });
  try {
    const targets = await listTargets(lambda);
    const rows = await all.readRows(secretsManager, { targets, nowMs: world.clock.now() });
    const isGood = rows.every(({ state }) => state === 'done' || state === 'under-way');
    return {
      ending: isGood ? 'fine' : 'failed',
      json: { ok: isGood, rotations: rows },
      text: all.tableText(rows, colours),
    };
  } finally {
    lambda.destroy();
    secretsManager.destroy();
  }
}
