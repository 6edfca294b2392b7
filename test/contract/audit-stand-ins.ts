import { createHash } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { makeS3Client, makeSsmClient } from '../../lambda/adapters/audit-clients.ts';
import { AuditKeyRing } from '../../lambda/adapters/audit-key-ring.ts';
import { KmsAuditKey, type KmsAuditKeyOptions } from '../../lambda/adapters/kms-audit-key.ts';
import { makeKmsClient } from '../../lambda/adapters/kms-client.ts';
import { S3AuditStore } from '../../lambda/adapters/s3-audit-store.ts';
import {
  newSsmKeyCache,
  SsmAuditKey,
  type SsmAuditKeyOptions,
} from '../../lambda/adapters/ssm-audit-key.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { AuditObject } from '../../lambda/ports/audit-store.ts';
import type { AwsServer } from '../../local/aws/aws-server.ts';
import { serve } from '../../local/aws/http-stand-in.ts';
import { KmsKeys, kmsService } from '../../local/aws/kms-server.ts';
import { s3Service } from '../../local/aws/s3-server.ts';
import { S3Store } from '../../local/aws/s3-store.ts';
import { ParameterStore, ssmService } from '../../local/aws/ssm-server.ts';
import type { FaultPlan } from '../../local/faults.ts';
import { writeStory, type Chapter } from '../unit/cli/audit-story.ts';
import type { AuditKeyUnderTest } from './audit-key-contract.ts';
import type { AuditStoreUnderTest } from './audit-store-contract.ts';

export const BUCKET = 'audit-trail';
export const PARAMETER = '/lockstep/orders/audit-key';
const NOW_MS = Date.UTC(2026, 10, 20);

/** For `beforeAll`: the SDKs look here. Their clients take no call without credentials. */
export function setStandInCredentials(): void {
  process.env['AWS_ACCESS_KEY_ID'] = 'stand-in';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'stand-in';
}

/** The objects of a story's trail, as the function's own key on `PARAMETER` signs them. @param chapters left out: all */
export async function storyObjects(
  { environment }: AwsServer,
  chapters?: readonly Chapter[],
): Promise<readonly AuditObject[]> {
  const client = makeSsmClient(environment);
  const key = new SsmAuditKey({
    client,
    parameter: PARAMETER,
    cache: newSsmKeyCache(),
    budget: new TimeBudget(() => 60_000),
    redactor: new Redactor(),
  });
  const { objects } = await writeStory({ key }, chapters);
  client.destroy();
  return objects;
}

export interface S3UnderTest extends AuditStoreUnderTest {
  readonly store: S3AuditStore;
  readonly objects: S3Store;
  readonly redactor: Redactor;
}

export interface OpenS3Options {
  /** @default a minute */
  readonly remainingMs?: number;
  /** The SDK waits up to a second before it repeats a throttled call. @default true */
  readonly isRepeating?: boolean;
}

/** The adapter, with the function's own client, over a bucket that is locked as the real one. */
export async function openS3(
  faults: FaultPlan,
  { remainingMs = 60_000, isRepeating = true }: OpenS3Options = {},
): Promise<S3UnderTest> {
  const objects = new S3Store({
    now: () => NOW_MS,
    buckets: [{ name: BUCKET, requireIfNoneMatch: true, retentionDays: 365 }],
  });
  const standIn = await serve(s3Service(objects), { faults, journal: [] });
  const place = { endpoint: standIn.url, region: 'eu-west-1', forcePathStyle: true };
  const client = isRepeating
    ? makeS3Client({ AWS_ENDPOINT_URL_S3: standIn.url, AWS_REGION: 'eu-west-1' })
    : new S3Client({ ...place, maxAttempts: 1 });
  const redactor = new Redactor();
  const budget = new TimeBudget(() => remainingMs);
  const clock = { now: () => NOW_MS, sleep: () => Promise.resolve() };
  return {
    store: new S3AuditStore({ client, bucket: BUCKET, budget, clock, redactor }),
    objects,
    redactor,
    seed: (keys) => {
      const object = { bytes: Buffer.from('seeded'), checksum: undefined, headers: {} };
      for (const key of keys) objects.put(BUCKET, key, object);
    },
    close: async () => {
      client.destroy();
      await standIn.close();
    },
  };
}

export interface SsmUnderTest extends AuditKeyUnderTest {
  readonly parameters: ParameterStore;
  /** Another key on the same parameter, as the next invocation makes it. */
  readonly make: (options?: Partial<SsmAuditKeyOptions>) => SsmAuditKey;
}

/** The adapter, with the function's own client, over a parameter that has had these values. */
export async function openSsm(
  versions: readonly string[],
  faults: FaultPlan,
): Promise<SsmUnderTest> {
  const parameters = new ParameterStore({ now: () => NOW_MS });
  for (const Value of versions) {
    parameters.putParameter({ Name: PARAMETER, Value, Type: 'SecureString', Overwrite: true });
  }
  const standIn = await serve(ssmService(parameters), { faults, journal: [] });
  const client = makeSsmClient({ AWS_ENDPOINT_URL_SSM: standIn.url, AWS_REGION: 'eu-west-1' });
  const make = (options: Partial<SsmAuditKeyOptions> = {}): SsmAuditKey =>
    new SsmAuditKey({
      client,
      parameter: PARAMETER,
      cache: newSsmKeyCache(),
      budget: new TimeBudget(() => 60_000),
      redactor: new Redactor(),
      ...options,
    });
  return {
    key: make(),
    parameters,
    make,
    close: async () => {
      client.destroy();
      await standIn.close();
    },
  };
}

export interface KmsUnderTest extends AuditKeyUnderTest {
  readonly keys: KmsKeys;
  readonly client: KMSClient;
  /** The keys made for the values, in their order. */
  readonly keyArns: readonly string[];
  readonly make: (options?: Partial<KmsAuditKeyOptions>) => KmsAuditKey;
}

/** The adapter, with the function's own client, over one HMAC key a value: the last signs, the others verify. */
export async function openKms(
  versions: readonly string[],
  faults: FaultPlan,
): Promise<KmsUnderTest> {
  const keys = new KmsKeys();
  const keyArns = versions.map((text, index) =>
    keys.create({
      keyId: `key-${index + 1}`,
      material: createHash('sha256').update(text).digest(),
    }),
  );
  const standIn = await serve(kmsService(keys), { faults, journal: [] });
  const client = makeKmsClient({ AWS_ENDPOINT_URL_KMS: standIn.url, AWS_REGION: 'eu-west-1' });
  const make = (options: Partial<KmsAuditKeyOptions> = {}): KmsAuditKey =>
    new KmsAuditKey({
      client,
      keyArn: keyArns.at(-1) ?? '',
      budget: new TimeBudget(() => 60_000),
      redactor: new Redactor(),
      ...options,
    });
  const former = keyArns.slice(0, -1).map((keyArn) => make({ keyArn }));
  return {
    key: new AuditKeyRing(make(), former),
    keys,
    client,
    keyArns,
    make,
    close: async () => {
      client.destroy();
      await standIn.close();
    },
  };
}
