import type { AuditConfig } from '../config/audit-config.ts';
import type { DatabaseConfig } from '../config/database-config.ts';
import type { FunctionConfig } from '../config/function-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { isWallet } from '../config/wallet-config.ts';
import { awsServiceUrl, type AwsService } from './adapters/aws-service-url.ts';
import type { OciService } from './adapters/oci-service-url.ts';
import { ServiceRoute } from './adapters/service-route.ts';
import type { Container, Environment } from './compose.ts';
import type { TimeBudget } from './domain/time-budget.ts';
import type { Route } from './ports/route.ts';

/** The ways to every service that a rotation calls, each once, beside those to the databases. */
export async function composeRoutes(
  container: Container,
  { environment, budget }: { readonly environment: Environment; readonly budget: TimeBudget },
): Promise<readonly Route[]> {
  const { config } = container;
  const urls = [
    ...(await awsUrls(container, environment)),
    ...(await ociUrls(config)),
    ...domainUrls(config),
  ];
  const routes = urls.map((url) => new ServiceRoute({ url, budget }));
  return [...new Map(routes.map((route) => [route.subject, route])).values()];
}

async function awsUrls(container: Container, environment: Environment): Promise<readonly URL[]> {
  const { config, secretsManager } = container;
  const { s3, ssm, kms } = await container.audit();
  const urlOf = async (
    client: Parameters<typeof awsServiceUrl>[0],
    service: AwsService,
  ): Promise<URL> => await awsServiceUrl(client, service, environment);
  const buckets = [config.audit.bucket, ...walletBuckets(config.databases)];
  const { hasParameter, hasKey } = keysOf(config.audit);
  return await Promise.all([
    urlOf(secretsManager, { service: 'SECRETS_MANAGER' }),
    ...buckets.map(async (bucket) => await urlOf(s3, { service: 'S3', bucket })),
    ...(hasParameter ? [urlOf(ssm, { service: 'SSM' })] : []),
    ...(hasKey ? [urlOf(await kms(), { service: 'KMS' })] : []),
    ...(isFederated(config) ? [urlOf(await container.sts(), { service: 'STS' })] : []),
  ]);
}

function keysOf({ keyParameter, keyArn, formerKeys = [] }: AuditConfig): {
  readonly hasParameter: boolean;
  readonly hasKey: boolean;
} {
  return {
    hasParameter: keyParameter !== undefined || formerKeys.some((key) => 'keyParameter' in key),
    hasKey: keyArn !== undefined || formerKeys.some((key) => 'keyArn' in key),
  };
}

function walletBuckets(databases: readonly DatabaseConfig[]): readonly string[] {
  return databases.flatMap(({ trust }) =>
    isWallet(trust) && 'walletS3Bucket' in trust ? [trust.walletS3Bucket] : [],
  );
}

/** The SDK of OCI knows which domain a region is in. */
async function ociUrls(config: FunctionConfig): Promise<readonly URL[]> {
  const { mirrors, databases } = config;
  const { ociServiceUrl } = await import('./adapters/oci-service-url.ts');
  const withWallet = databases.flatMap(({ trust }) =>
    isWallet(trust) && 'walletMirror' in trust ? [trust.walletMirror] : [],
  );
  const ofMirrors = mirrors.flatMap((mirror) => {
    const services: readonly OciService[] = [
      'vaults',
      'secrets',
      ...(withWallet.includes(mirror.name) ? (['objectStorage'] as const) : []),
    ];
    return services.map((service) => ociServiceUrl(mirror, service));
  });
  const copies = copiesPlace(config);
  return [...ofMirrors, ...(copies === undefined ? [] : [ociServiceUrl(copies, 'objectStorage')])];
}

/** Where copies of the audit trail are put: with a mirror, whose region need not be the bucket's. */
function copiesPlace({
  mirrors,
  audit: { copyTo },
}: FunctionConfig): Pick<OciVaultConfig, 'region' | 'endpoints'> | undefined {
  if (copyTo === undefined) return undefined;
  const { mirror: wanted, region } = copyTo.ociObjectStorage;
  const mirror = mirrors.find(({ name }) => name === wanted);
  return mirror && { ...mirror, region: region ?? mirror.region };
}

function domainUrls({ mirrors }: FunctionConfig): readonly URL[] {
  return mirrors.flatMap(({ auth }) =>
    auth.type === 'federated' ? [new URL(auth.domainUrl)] : [],
  );
}

function isFederated({ mirrors }: FunctionConfig): boolean {
  return mirrors.some(({ auth }) => auth.type === 'federated');
}
