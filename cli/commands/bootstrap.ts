import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

interface BootstrapOptions {
  readonly file: string;
}

export function bootstrapCommand(session: Session): Command {
  return new Command('bootstrap')
    .description(
      'Makes what a rotation needs before it is deployed: the key of its audit trail. Never overwrites one.',
    )
    .argument('<name>', 'the rotation, as rotations.json names it')
    .option('--file <file>', 'the file of rotations', 'rotations.json')
    .addHelpText(
      'after',
      `
The key is a SecureString of SSM, of 48 random bytes; it is not shown. Where it exists, nothing is done. Where a key of
KMS signs the trail, nothing is to be made.

Example:
  $ lockstep bootstrap orders --file rotations.json`,
    )
    .action(
      session.action((name: string, options: BootstrapOptions) =>
        bootstrap(session, name, options),
      ),
    );
}

async function bootstrap(
  session: Session,
  name: string,
  { file }: BootstrapOptions,
): Promise<Outcome> {
  const { findEntry } = await import('../policy/entry.ts');
  const { audit, secretArn } = findEntry(session, { name, file }).entry;
  const { keyParameter: parameter, keyArn, keyParameterKmsKeyArn: kmsKeyArn } = audit;
  if (parameter === undefined) {
    return {
      ending: 'fine',
      json: { ok: true, rotation: name, keyArn, outcome: 'not-needed' },
      text: `${name}: the key of KMS ${keyArn ?? ''} signs the audit trail; nothing is to be made`,
    };
  }
  session.progress.begin(`making ${parameter}`);
  const region = secretArn.split(':')[3] ?? '';
  const outcome = await make(session, { parameter, kmsKeyArn, region });
  const sign = session.colours.green('✔');
  return {
    ending: 'fine',
    json: { ok: true, rotation: name, keyParameter: parameter, region, outcome },
    text:
      outcome === 'made'
        ? `${sign} ${parameter} in ${region}: made; it signs the audit trail of ${name}`
        : `${sign} ${parameter} in ${region}: exists already, left as it is`,
  };
}

async function make(
  { world, redactor }: Session,
  {
    region,
    ...parameter
  }: {
    readonly parameter: string;
    readonly kmsKeyArn: string | undefined;
    readonly region: string;
  },
): Promise<'made' | 'exists'> {
  const [{ SSMClient }, { requireSafeAwsEndpoints }, { sdkSettings }, { makeKeyParameter }] =
    await Promise.all([
      import('@aws-sdk/client-ssm'),
      import('../../lambda/adapters/aws-endpoints.ts'),
      import('../aws-clients.ts'),
      import('../audit-key-parameter.ts'),
    ]);
  const { environment } = world;
  requireSafeAwsEndpoints(environment);
  const client = new SSMClient(sdkSettings(environment, { region, service: 'SSM' }));
  try {
    return await makeKeyParameter(client, parameter, redactor);
  } finally {
    client.destroy();
  }
}
