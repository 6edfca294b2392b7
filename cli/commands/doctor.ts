import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface DoctorOptions {
  readonly region?: string;
}

export function doctorCommand(session: Session): Command {
  return new Command('doctor')
    .description('Looks for what keeps a rotation from succeeding. Changes nothing.')
    .argument('<name>', 'the name of the rotation')
    .option('--region <region>', 'where the rotation is deployed')
    .addHelpText(
      'after',
      `
Logs in to the databases, as status does, and verifies the whole audit trail. Each finding is ok, a warning, a failure, or
could not be checked. Ends with 1 where something failed, with 3 where nothing failed and something could not be checked.

Example:
  $ lockstep doctor orders`,
    )
    .action(
      session.action((name: string, options: DoctorOptions) => doctor(session, name, options)),
    );
}

async function doctor(session: Session, name: string, { region }: DoctorOptions): Promise<Outcome> {
  const { progress, world, colours } = session;
  progress.begin(`examining rotation ${name}`);
  const [{ openAccount }, { askInspector }, { checkAccount }, { doctorText, endingOf }] =
    await Promise.all([
      import('../account-checks/open-account.ts'),
      import('../account-checks/inspector.ts'),
      import('../account-checks/check-account.ts'),
      import('../doctor-text.ts'),
    ]);
  const { account, close } = await openAccount(session, { name, region });
  try {
    const [fromFunction, fromAccount] = await Promise.all([
      askInspector(account),
      checkAccount(account),
    ]);
    const findings = [...fromAccount, ...fromFunction];
    const ending = endingOf(findings);
    return {
      ending,
      json: {
        ok: ending === 'fine',
        rotation: name,
        at: new Date(world.clock.now()).toISOString(),
        findings,
      },
      text: doctorText(name, findings, colours),
    };
  } finally {
    close();
  }
}
