import * as z from 'zod';
import { OciVaultConfig } from './mirror-config.ts';
import { Name, SecretArn } from './primitives.ts';

/** The second secrets of a rotation, flat in its entry. */
export const connectionStringsFields = {
  secretArn: SecretArn.optional().describe(
    'A secret beside the rotated one for {"username", "password", "connectionStrings"}. It exists beforehand, holds the credential, and is not rotated itself.',
  ),
  mirrors: z
    .array(
      z.strictObject({
        mirror: Name.describe('The mirror beside whose secret it is, by name.'),
        secretOcid: OciVaultConfig.shape.secretOcid.describe(
          'An OCI secret for the same; reached as the secret of that mirror is.',
        ),
      }),
    )
    .min(1)
    .optional(),
};

export const ConnectionStringsConfig = z.strictObject(connectionStringsFields);

export type ConnectionStringsConfig = z.infer<typeof ConnectionStringsConfig>;

/** A second secret with the name that logs, metrics and the audit trail give it. */
export type ConnectionStringsSecret =
  | { readonly name: string; readonly secretArn: string }
  | { readonly name: string; readonly mirror: OciVaultConfig };

interface WithConnectionStrings {
  readonly secretArn: string;
  readonly databases: readonly { readonly name: string }[];
  readonly mirrors: readonly OciVaultConfig[];
  readonly connectionStrings?: ConnectionStringsConfig | undefined;
}

const NAME_SUFFIX = '-strings';
const AWS_NAME = `secrets-manager${NAME_SUFFIX}`;

/** The second secrets, that of AWS first. A mirror that the configuration does not have is left out. */
export function connectionStringsSecrets({
  mirrors,
  connectionStrings,
}: Pick<
  WithConnectionStrings,
  'mirrors' | 'connectionStrings'
>): readonly ConnectionStringsSecret[] {
  const { secretArn, mirrors: seconds = [] } = connectionStrings ?? {};
  return [
    ...(secretArn === undefined ? [] : [{ name: AWS_NAME, secretArn }]),
    ...seconds.flatMap(({ mirror: wanted, secretOcid }) => {
      const mirror = mirrors.find(({ name }) => name === wanted);
      if (mirror === undefined) return [];
      const name = `${wanted}${NAME_SUFFIX}`;
      return [{ name, mirror: { ...mirror, name, secretOcid } }];
    }),
  ];
}

/** What the second secrets must be beside everything else of a rotation. */
export function checkConnectionStrings(
  config: WithConnectionStrings,
  check: z.RefinementCtx,
): void {
  const { connectionStrings, secretArn, databases, mirrors } = config;
  if (connectionStrings === undefined) return;
  const issue = (message: string, ...path: (string | number)[]): void => {
    check.addIssue({ code: 'custom', path: ['connectionStrings', ...path], message });
  };
  const { secretArn: second, mirrors: seconds = [] } = connectionStrings;
  if (second === undefined && seconds.length === 0) issue('at least one secret');
  if (second === secretArn) issue('another secret than the rotated one', 'secretArn');
  const ocids = new Set(mirrors.map(({ secretOcid }) => secretOcid));
  for (const [index, { mirror, secretOcid }] of seconds.entries()) {
    if (!mirrors.some(({ name }) => name === mirror)) {
      issue('the name of a mirror of this rotation', 'mirrors', index, 'mirror');
    }
    if (ocids.has(secretOcid)) {
      issue('a secret that nothing else of this rotation is in', 'mirrors', index, 'secretOcid');
    }
    ocids.add(secretOcid);
  }
  const names = [...databases, ...mirrors, ...connectionStringsSecrets(config)];
  if (new Set(names.map(({ name }) => name)).size < names.length) {
    issue(
      `one for each mirror, and no database or mirror with a name that ends in ${NAME_SUFFIX} as its name does`,
    );
  }
}
