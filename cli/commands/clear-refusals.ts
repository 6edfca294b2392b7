import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface ClearRefusalsOptions {
  readonly region?: string;
  readonly yes?: boolean;
}

export function clearRefusalsCommand(session: Session): Command {
  return new Command('clear-refusals')
    .description('Lets logins be tried again that were stopped after too many refused ones.')
    .argument('<name>', 'the name of the rotation')
    .option('--region <region>', 'where the rotation is deployed')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ lockstep clear-refusals orders')
    .action(
      session.action((name: string, options: ClearRefusalsOptions) =>
        clearRefusals(session, name, options),
      ),
    );
}

async function clearRefusals(
  session: Session,
  name: string,
  { region, yes }: ClearRefusalsOptions,
): Promise<Outcome> {
  session.progress.begin(`looking for rotation ${name}`);
  const [{ openOperator }, { callOperation }] = await Promise.all([
    import('../operator.ts'),
    import('../function-call.ts'),
  ]);
  const { target, lambda, close } = await openOperator(session, { name, region });
  try {
    const databases = target.config.databases.map((database) => database.name);
    await session.confirm(
      `Is the password set right, or the account unlocked, on ${databases.join(', ')}? Further refused logins may lock it.`,
      { isAgreed: yes === true },
    );
    await callOperation(lambda, target, 'clear-refusals');
    return {
      ending: 'fine',
      json: { ok: true, rotation: name, databases },
      text: `${session.colours.green('✔')} ${databases.join(', ')}: logins are tried again.\nNext: lockstep rotate ${name} --watch`,
    };
  } finally {
    close();
  }
}
