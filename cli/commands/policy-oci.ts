import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface PolicyOciOptions {
  readonly file: string;
  readonly group: string;
  readonly compartment: string;
}

export function policyOciCommand(session: Session): Command {
  return new Command('oci')
    .description("Prints the policy statements for the group of the function's OCI API key.")
    .argument('<name>', 'the name of the rotation')
    .option('--file <file>', 'the file of rotations', 'rotations.json')
    .option('--group <group>', "the group of the API key's user", 'lockstep')
    .option('--compartment <compartment>', 'the compartment of the secrets', '<compartment>')
    .addHelpText(
      'after',
      '\nExample:\n  $ lockstep policy oci orders --group lockstep --compartment databases',
    )
    .action(
      session.action((name: string, options: PolicyOciOptions) =>
        policyOci(session, name, options),
      ),
    );
}

async function policyOci(
  session: Session,
  name: string,
  { file, ...place }: PolicyOciOptions,
): Promise<Outcome> {
  const [{ findEntry }, { ociPolicy }] = await Promise.all([
    import('../policy/entry.ts'),
    import('../policy/oci-policy.ts'),
  ]);
  const { entry } = findEntry(session, { name, file });
  const statements = ociPolicy(entry, place);
  return {
    ending: 'fine',
    json: { ok: true, rotation: name, statements },
    text: statements.map(({ statement }) => statement).join('\n'),
  };
}
