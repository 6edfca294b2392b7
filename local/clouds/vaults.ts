import { S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startAwsServer, type AwsServer, type AwsServerOptions } from '../aws/aws-server.ts';
import type { FaultPlan } from '../faults.ts';
import { createApiKey, type ApiKey } from '../oci/api-key.ts';
import { createSdkClients } from '../oci/sdk-clients.ts';
import { OciServer } from '../oci/oci-server.ts';
import { VaultModel } from '../oci/vault-model.ts';
import { startAuditCopies, type AuditCopies } from './audit-copies.ts';
import { MARIADB_SUPERUSER } from './databases.ts';
import { OAUTH_CLIENT_ID, startOciIdentity, type OciIdentity } from './oci-identity.ts';
import { USERNAME, type RunSecrets } from './run-secrets.ts';
import type { Topology } from './topology.ts';

export const AUDIT_BUCKET = 'lockstep-audit-example';
export const AUDIT_PARAMETER = '/lockstep/orders/audit-key';
const OCI_UPDATING_MS = 40;
const RETENTION_DAYS = 365;

export interface AwsClients {
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly s3: S3Client;
}

export interface SecondSecrets {
  readonly secretArn: string;
  readonly secretOcid: string;
}

/** Both clouds' vaults, holding the same credential, and what the function needs for itself. */
export interface Vaults {
  readonly aws: AwsServer;
  /** Of the real SDK, for an operator's calls. */
  readonly clients: AwsClients;
  readonly oci: OciServer;
  readonly ociVault: VaultModel;
  /** For federated access. */
  readonly identityDomain: OciIdentity;
  readonly apiKey: ApiKey;
  readonly secretArn: string;
  readonly apiKeySecretArn: string;
  readonly oauthClientSecretArn: string;
  readonly walletSecretArn: string;
  readonly superuserSecretArn: string;
  readonly secretOcid: string;
  /** The second secrets, for connection strings, where there are any. They hold the same as the first. */
  readonly strings: SecondSecrets | undefined;
  /** The bucket of copies of the audit trail, where there is one. */
  readonly auditCopies: AuditCopies | undefined;
  readonly close: () => Promise<void>;
}

export interface VaultsOptions {
  readonly secrets: RunSecrets;
  /** The Oracle wallet, PEM. */
  readonly wallet: string;
  readonly faults: FaultPlan;
  /** Of two users that alternate, the secret holds the first, its AWSPREVIOUS the second. */
  readonly topology: Topology;
  /** How long OCI Vault is UPDATING after a change. @default 40 */
  readonly ociUpdatingMs?: number;
  readonly rotation: AwsServerOptions['rotation'];
}

/** Starts the stand-ins and stores in them, over HTTP with the real SDKs, what a person would store by hand. */
export async function startVaults(options: VaultsOptions): Promise<Vaults> {
  const { secrets, wallet, faults, topology, rotation, ociUpdatingMs = OCI_UPDATING_MS } = options;
  const aws = await startAwsServer({
    faults,
    rotation,
    buckets: [{ name: AUDIT_BUCKET, requireIfNoneMatch: true, retentionDays: RETENTION_DAYS }],
  });
  const ociVault = new VaultModel({ now: () => Date.now(), updatingMs: ociUpdatingMs });
  const apiKey = await createApiKey();
  const publicKeys = new Map([[apiKey.keyId, apiKey.publicKeyPem]]);
  const { oauthClientSecret: clientSecret } = secrets;
  const identityDomain = await startOciIdentity({ aws, clientSecret, faults });
  const keys = { publicKeys, sessionKeyOf: identityDomain.domain.sessionKeyOf, faults };
  const oci = await OciServer.start({ model: ociVault, ...keys });
  const auditCopies = topology.hasAuditCopies ? await startAuditCopies(keys) : undefined;
  const clients = makeAwsClients(aws);
  const store = async (name: string, value: string): Promise<string> =>
    await createSecret(clients.secretsManager, { name, value });
  const [username, other] = topology.users ?? [USERNAME];
  const document = secretDocument(username, secrets.initialPassword);
  const storeInOci = async (name: string): Promise<string> =>
    await createOciSecret({ url: oci.url, apiKey, name, text: document });
  await clients.ssm.send(
    new PutParameterCommand({
      Name: AUDIT_PARAMETER,
      Value: secrets.auditKey,
      Type: 'SecureString',
    }),
  );
  return {
    aws,
    clients,
    oci,
    ociVault,
    identityDomain,
    apiKey,
    secretArn: await storeVersions(clients.secretsManager, [
      ...(other === undefined ? [] : [secretDocument(other, secrets.initialPassword)]),
      document,
    ]),
    apiKeySecretArn: await store('lockstep/oci-api-key', apiKeyDocument(apiKey)),
    oauthClientSecretArn: await store(
      'lockstep/oci-oauth-client',
      JSON.stringify({ clientId: OAUTH_CLIENT_ID, clientSecret }),
    ),
    walletSecretArn: await store(
      'lockstep/oracle-wallet',
      JSON.stringify({ wallet, password: secrets.walletPassword }),
    ),
    superuserSecretArn: await store(
      'lockstep/superuser',
      JSON.stringify({ username: MARIADB_SUPERUSER, password: secrets.superuserPassword }),
    ),
    secretOcid: await storeInOci('orders-app'),
    strings: topology.hasConnectionStrings
      ? {
          secretArn: await store('orders/strings', document),
          secretOcid: await storeInOci('orders-strings'),
        }
      : undefined,
    auditCopies,
    close: async () => {
      clients.secretsManager.destroy();
      clients.ssm.destroy();
      clients.s3.destroy();
      const servers = [aws, oci, identityDomain.server, auditCopies];
      await Promise.all(servers.map(async (server) => await server?.close()));
    },
  };
}

function makeAwsClients({ urls }: AwsServer): AwsClients {
  const shared = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'EXAMPLEACCESSKEYID', secretAccessKey: 'example' },
  };
  return {
    secretsManager: new SecretsManagerClient({ ...shared, endpoint: urls.secretsManager }),
    ssm: new SSMClient({ ...shared, endpoint: urls.ssm }),
    s3: new S3Client({ ...shared, endpoint: urls.s3, forcePathStyle: true }),
  };
}

export function secretDocument(username: string, password: string): string {
  return JSON.stringify({
    engine: 'postgres',
    host: 'orders.example.com',
    port: 5432,
    dbname: 'orders',
    username,
    password,
  });
}

function apiKeyDocument({ tenancyId, userId, fingerprint, privateKeyPem }: ApiKey): string {
  return JSON.stringify({
    tenancy: tenancyId,
    user: userId,
    fingerprint,
    privateKey: privateKeyPem,
  });
}

async function createSecret(
  client: SecretsManagerClient,
  { name, value }: { name: string; value: string },
): Promise<string> {
  const { ARN: arn } = await client.send(
    new CreateSecretCommand({ Name: name, SecretString: value }),
  );
  if (arn === undefined) throw new Error(`no ARN came for ${name}`);
  return arn;
}

/** One version after another; the last one is AWSCURRENT. */
async function storeVersions(
  client: SecretsManagerClient,
  [first = '', ...rest]: readonly string[],
): Promise<string> {
  const arn = await createSecret(client, { name: 'orders/app', value: first });
  for (const text of rest) {
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: text }));
  }
  return arn;
}

export async function createOciSecret({
  url,
  apiKey,
  name,
  text,
}: {
  url: string;
  apiKey: ApiKey;
  name: string;
  text: string;
}): Promise<string> {
  const clients = createSdkClients(url, apiKey);
  const { secret } = await clients.vaults.createSecret({
    createSecretDetails: {
      compartmentId: 'ocid1.compartment.oc1..example',
      vaultId: 'ocid1.vault.oc1..example',
      keyId: 'ocid1.key.oc1..example',
      secretName: name,
      secretContent: {
        contentType: 'BASE64',
        content: Buffer.from(text).toString('base64'),
      },
    },
  });
  clients.close();
  return secret.id;
}
