import { createPrivateKey } from 'node:crypto';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { RotationEvent } from '../aws/rotation-events.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { passwordIn } from '../clouds/published.ts';
import { AUDIT_PARAMETER } from '../clouds/vaults.ts';
import type { Haystack, Secret } from './secret-search.ts';

/** Every call that the service has made. */
interface Service {
  readonly events: readonly RotationEvent[];
}

/** A last line may be so short that it stands in other texts, too. */
const PEM_LINE_MIN = 32;
const ENCRYPTED_KEY =
  /-----BEGIN ENCRYPTED PRIVATE KEY-----[^]*?-----END ENCRYPTED PRIVATE KEY-----/;

/** Every secret that was ever used in these clouds, as far as the function could have heard of it. */
export function allSecrets(clouds: Clouds, service: Service): readonly Secret[] {
  const { walletPassword, auditKey } = clouds.secrets;
  const tokens = new Set(service.events.map((event) => event.RotationToken));
  const [encryptedKey = ''] = ENCRYPTED_KEY.exec(clouds.wallet) ?? [];
  const walletKey = createPrivateKey({ key: encryptedKey, passphrase: walletPassword });
  return [
    ...numbered('password', allPasswords(clouds)),
    { name: 'wallet password', value: walletPassword },
    { name: 'audit key', value: auditKey },
    ...numbered('OCI API key, line', linesOf(clouds.vaults.apiKey.privateKeyPem)),
    ...numbered('encrypted wallet key, line', linesOf(encryptedKey)),
    ...numbered('rotation token', [...tokens]),
    ...numbered('wallet key, line', linesOf(walletKey.export({ type: 'pkcs8', format: 'pem' }))),
  ];
}

/** What the vaults themselves hold, and the service's events: where secrets are rightly found. */
export async function whereSecretsBelong({ vaults }: Clouds, service: Service): Promise<Haystack> {
  const { secretArn, apiKeySecretArn, walletSecretArn, aws, clients } = vaults;
  const texts = [secretArn, apiKeySecretArn, walletSecretArn].flatMap((arn) => [
    ...aws.secretsManager.inspect(arn).versions.values(),
  ]);
  const key = await clients.ssm.send(
    new GetParameterCommand({ Name: AUDIT_PARAMETER, WithDecryption: true }),
  );
  return {
    name: 'the vaults',
    text: JSON.stringify([texts, key.Parameter?.Value, service.events]),
  };
}

/** Of all versions that the secret ever had, in both vaults, oldest first. */
export function allPasswords({ vaults, secrets }: Clouds): readonly string[] {
  const { versions } = vaults.aws.secretsManager.inspect(vaults.secretArn);
  const { ociVault, secretOcid } = vaults;
  const texts = [
    ...[...versions.values()].flatMap(({ value }) =>
      value !== undefined && 'text' in value ? [value.text] : [],
    ),
    ...ociVault.listSecretBundleVersions(secretOcid).map(({ versionNumber }) => {
      const { body } = ociVault.getSecretBundle(secretOcid, { versionNumber });
      return Buffer.from(body.secretBundleContent.content, 'base64').toString('utf8');
    }),
  ];
  return [...new Set([secrets.initialPassword, ...texts.map(passwordIn)])];
}

function linesOf(pem: string | Buffer): readonly string[] {
  return pem
    .toString()
    .split('\n')
    .filter((line) => !line.startsWith('-----') && line.length >= PEM_LINE_MIN);
}

function numbered(name: string, values: readonly string[]): readonly Secret[] {
  return values.map((value, index) => ({ name: `${name} #${index + 1}`, value }));
}

/** The document of the version that is being rotated to, and its password. */
export function pendingSecret({ vaults }: Clouds): {
  readonly document: string;
  readonly password: string;
} {
  const { SecretString: document = '' } = vaults.aws.secretsManager.getSecretValue({
    SecretId: vaults.secretArn,
    VersionStage: 'AWSPENDING',
  });
  return { document, password: passwordIn(document) };
}
