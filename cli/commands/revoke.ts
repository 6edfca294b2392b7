import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface RevokeOptions {
  readonly region?: string;
  readonly yes?: boolean;
}

export function revokeCommand(session: Session): Command {
  return new Command('revoke')
    .description('Ends every password but that of AWSCURRENT now, on every database.')
    .argument('<name>', 'the name of the rotation')
    .option('--region <region>', 'where the rotation is deployed')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ lockstep revoke orders')
    .action(
      session.action((name: string, options: RevokeOptions) => revoke(session, name, options)),
    );
}

async function revoke(session: Session, name: string, options: RevokeOptions): Promise<Outcome> {
  const { progress, colours } = session;
  progress.begin(`looking for rotation ${name}`);
  const [{ openOperator }, { callOperation }] = await Promise.all([
    import('../operator.ts'),
    import('../function-call.ts'),
  ]);
  const { target, lambda, close } = await openOperator(session, { name, region: options.region });
  try {
    const databases = target.config.databases.map((database) => database.name);
    await session.confirm(
      `End every password but that of AWSCURRENT on ${databases.join(', ')}? Whoever still uses the old one is refused.`,
      { isAgreed: options.yes === true },
    );
    progress.begin('the function ends the old password');
    await callOperation(lambda, target, 'revoke');
    return {
      ending: 'fine',
      json: { ok: true, rotation: name, databases },
      text: databases
        .map(
          (database) =>
            `${colours.green('✔')} ${database}: the password of AWSCURRENT is valid, proven by a login, and no other`,
        )
        .join('\n'),
    };
  } finally {
    close();
  }
}
