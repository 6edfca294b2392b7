import { FaultPlan } from '../faults.ts';
import { cloudTrailService, EventHistory } from './cloudtrail-server.ts';
import { type JournalEntry, serve } from './http-stand-in.ts';
import { KmsKeys, kmsService } from './kms-server.ts';
import { RotationService, type RotationServiceOptions } from './rotation-service.ts';
import { s3Service } from './s3-server.ts';
import { type BucketOptions, S3Store } from './s3-store.ts';
import type { StaleReads } from './secret-store.ts';
import { SecretsManagerModel } from './secrets-manager-model.ts';
import { secretsManagerService } from './secrets-manager-server.ts';
import { ParameterStore, ssmService } from './ssm-server.ts';
import { stsService } from './sts-server.ts';
import { WebIdentityIssuer } from './web-identity-issuer.ts';

export interface AwsServerOptions {
  /** How Secrets Manager rotates, and the function it invokes. */
  readonly rotation: Omit<RotationServiceOptions, 'model'>;
  /** @default Date.now */
  now?(): number;
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default 111111111111 */
  readonly accountId?: string;
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** @default every read sees the newest state */
  readonly staleReads?: StaleReads;
  /** Buckets cannot be created over HTTP. @default none */
  readonly buckets?: readonly BucketOptions[];
}

export interface AwsServer {
  readonly urls: {
    readonly secretsManager: string;
    readonly ssm: string;
    readonly s3: string;
    readonly kms: string;
    readonly sts: string;
    readonly cloudTrail: string;
  };
  /** What points the SDK at them: AWS_ENDPOINT_URL_…, and AWS_REGION. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every call so far as it ended, without bodies. */
  readonly requests: readonly JournalEntry[];
  readonly secretsManager: SecretsManagerModel;
  readonly rotations: RotationService;
  readonly parameters: ParameterStore;
  readonly buckets: S3Store;
  readonly keys: KmsKeys;
  readonly webIdentity: WebIdentityIssuer;
  readonly events: EventHistory;
  /** Ends everything: no socket and no timer is left. A step of a rotation that is running is not awaited. */
  close(): Promise<void>;
}

/**
 * Secrets Manager with rotation, SSM Parameter Store, S3, keys of KMS, STS and CloudTrail on free ports of 127.0.0.1, for the
 * real SDK: set `environment`, or give a client its `urls` entry as `endpoint`. State is in memory and can be
 * read, and prepared, through the models.
 */
export async function startAwsServer(options: AwsServerOptions): Promise<AwsServer> {
  const { region = 'eu-west-1', accountId = '111111111111', faults = new FaultPlan() } = options;
  const now = (): number => options.now?.() ?? Date.now();
  const place = { now, region, accountId };
  const { staleReads } = options;
  const secretsManager = new SecretsManagerModel({ ...place, ...(staleReads && { staleReads }) });
  const events = new EventHistory({
    ...place,
    lambdaOf: (secretArn) => secretsManager.inspect(secretArn).rotation?.lambdaArn,
  });
  const rotations = new RotationService({
    ...options.rotation,
    model: secretsManager,
    listener: (news) => {
      events.tell(news);
      options.rotation.listener?.(news);
    },
  });
  const parameters = new ParameterStore(place);
  const buckets = new S3Store({ now, buckets: options.buckets ?? [] });
  const keys = new KmsKeys(place);
  const webIdentity = new WebIdentityIssuer(place);
  const requests: JournalEntry[] = [];
  const shared = { faults, journal: requests };
  const standIns = {
    secretsManager: await serve(secretsManagerService(secretsManager, rotations), shared),
    ssm: await serve(ssmService(parameters), shared),
    s3: await serve(s3Service(buckets), shared),
    kms: await serve(kmsService(keys), shared),
    sts: await serve(stsService(webIdentity), shared),
    cloudTrail: await serve(cloudTrailService(events), shared),
  };
  const urls = {
    secretsManager: standIns.secretsManager.url,
    ssm: standIns.ssm.url,
    s3: standIns.s3.url,
    kms: standIns.kms.url,
    sts: standIns.sts.url,
    cloudTrail: standIns.cloudTrail.url,
  };
  return {
    urls,
    environment: {
      AWS_REGION: region,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsManager,
      AWS_ENDPOINT_URL_SSM: urls.ssm,
      AWS_ENDPOINT_URL_S3: urls.s3,
      AWS_ENDPOINT_URL_KMS: urls.kms,
      AWS_ENDPOINT_URL_STS: urls.sts,
      AWS_ENDPOINT_URL_CLOUDTRAIL: urls.cloudTrail,
    },
    requests,
    secretsManager,
    rotations,
    parameters,
    buckets,
    keys,
    webIdentity,
    events,
    close: async () => {
      rotations.close();
      await Promise.all(
        Object.values(standIns).map(async (standIn) => {
          await standIn.close();
        }),
      );
    },
  };
}
