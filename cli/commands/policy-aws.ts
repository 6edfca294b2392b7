import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface PolicyAwsOptions {
  readonly file: string;
  readonly auditBucket: string;
}

export function policyAwsCommand(session: Session): Command {
  return new Command('aws')
    .description("Prints what the function's role may do, and what an operator needs by command.")
    .argument('<name>', 'the name of the rotation')
    .option('--file <file>', 'the file of rotations', 'rotations.json')
    .option(
      '--audit-bucket <bucket>',
      'the output AuditBucket of the deployed stack',
      '<audit-bucket>',
    )
    .addHelpText('after', '\nExample:\n  $ lockstep policy aws orders')
    .action(
      session.action((name: string, options: PolicyAwsOptions) =>
        policyAws(session, name, options),
      ),
    );
}

async function policyAws(
  session: Session,
  name: string,
  { file, auditBucket }: PolicyAwsOptions,
): Promise<Outcome> {
  session.progress.begin('synthesising the role');
  const [{ findEntry }, { awsRolePolicy }, { awsOperatorPolicies }] = await Promise.all([
    import('../policy/entry.ts'),
    import('../policy/aws-role-policy.ts'),
    import('../policy/aws-operator-policy.ts'),
  ]);
  const { entry, folder } = findEntry(session, { name, file });
  const role = awsRolePolicy(entry, folder);
  const roleStatements = role.Statement;
  const operator = awsOperatorPolicies(entry, { auditBucket, roleStatements }).map(
    ({ commands, statements }) => ({
      commands,
      policy: { Version: '2012-10-17', Statement: statements },
    }),
  );
  const { bold } = session.colours;
  const sections = [
    { title: "What the function's role may do (deployed with it)", policy: role },
    ...operator.map(({ commands, policy }) => ({ title: `An operator, for ${commands}`, policy })),
  ];
  return {
    ending: 'fine',
    json: { ok: true, rotation: name, role, operator },
    text: sections
      .map(({ title, policy }) => `${bold(title)}:\n${JSON.stringify(policy, null, 2)}`)
      .join('\n\n'),
  };
}
