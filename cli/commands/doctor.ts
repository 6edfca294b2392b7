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
      '\nLogs in to the databases, as status does. Each finding is ok, a warning, a failure, or could not be checked.\n\nExample:\n  $ lockstep doctor orders',
    )
    .action(
      session.action((name: string, options: DoctorOptions) => doctor(session, name, options)),
    );
}

async function doctor(session: Session, name: string, { region }: DoctorOptions): Promise<Outcome> {
  const { progress, world, colours } = session;
  progress.begin(`examining rotation ${name}`);
  const [{ openOperator }, { callInspector }, { checkAccount }, { doctorText, endingOf }] =
    await Promise.all([
      import('../operator.ts'),
      import('../inspector-call.ts'),
      import('../account-checks.ts'),
      import('../doctor-text.ts'),
    ]);
  const operator = await openOperator(session, { name, region });
  try {
    const { target, lambda, secretsManager } = operator;
    const [{ findings: fromFunction }, fromAccount] = await Promise.all([
      callInspector(lambda, name, { inspection: 'doctor' }),
      checkAccount(secretsManager, target),
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
    operator.close();
  }
}
