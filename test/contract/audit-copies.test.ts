import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { composeRotation, createContainer, type Container } from '../../lambda/compose.ts';
import { composeRoutes } from '../../lambda/compose-routes.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { RotationContext } from '../../lambda/rotation/context.ts';
import { catchUpCopies } from '../../lambda/rotation/copy-trail.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import type { StandIn } from '../../local/aws/http-stand-in.ts';
import { FaultPlan } from '../../local/faults.ts';
import { startObjectStorage } from '../../local/oci/object-storage-server.ts';
import { ObjectStorage } from '../../local/oci/object-storage.ts';
import { setStandInCredentials } from './audit-stand-ins.ts';
import { configOf } from './deployed-function.ts';
import { apiKey } from './mirror-subjects.ts';

/**
 * Goal: what the function composes copies every entry that it keeps, and ends in time whatever OCI does.
 * Method: the function's own composition over HTTP, with the least of permissions in Object Storage.
 */
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a1B2c3';
const KEY_ARN = 'arn:aws:kms:eu-west-1:111111111111:key/audit';
const PREFIX = 'lockstep/orders/';
const PLACE = { namespace: 'axexample', bucket: 'lockstep-audit' };

let aws: AwsServer;
let storage: ObjectStorage;
let objectStorage: StandIn;
let faults: FaultPlan;
let container: Container;
let apiKeyArn: string;
let metrics: string[];
let warnings: string[];

beforeAll(setStandInCredentials);

beforeEach(async () => {
  [metrics, warnings] = [[], []];
  faults = new FaultPlan();
  storage = new ObjectStorage({ now: () => Date.now() });
  storage.createBucket(PLACE);
  const key = await apiKey();
  [aws, objectStorage] = await Promise.all([
    startAwsServer({
      rotation: { invoke: () => Promise.resolve() },
      buckets: [{ name: 'audit', requireIfNoneMatch: true, retentionDays: 365 }],
      faults,
    }),
    startObjectStorage({
      storage,
      publicKeys: new Map([[key.keyId, key.publicKeyPem]]),
      permissions: ['OBJECT_CREATE', 'OBJECT_INSPECT'],
      faults,
    }),
  ]);
  aws.keys.create({ keyId: 'audit' });
  const { tenancyId: tenancy, userId: user, fingerprint, privateKeyPem: privateKey } = key;
  apiKeyArn =
    aws.secretsManager.createSecret({
      Name: 'lockstep/oci-api-key',
      ClientRequestToken: randomUUID(),
      SecretString: JSON.stringify({ tenancy, user, fingerprint, privateKey }),
    }).ARN ?? '';
  const { url } = objectStorage;
  const config = configOf({
    secretArn: SECRET_ARN,
    apiKeyArn,
    endpoints: { vaults: url, secrets: url, objectStorage: url },
    audit: {
      bucket: 'audit',
      prefix: PREFIX,
      keyArn: KEY_ARN,
      copyTo: { ociObjectStorage: { mirror: 'oci-frankfurt', ...PLACE } },
    },
  });
  const LOCKSTEP_CONFIG = JSON.stringify(config);
  container = {
    ...createContainer({ ...aws.environment, LOCKSTEP_CONFIG }),
    // The SDK takes place and credentials from the process.
    secretsManager: makeSecretsManagerClient(aws.environment, {
      endpoint: aws.urls.secretsManager,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' },
    }),
  };
});

afterEach(async () => {
  const { s3, ssm, kms } = await container.audit();
  for (const client of [s3, ssm, await kms(), container.secretsManager]) client.destroy();
  await Promise.all([aws.close(), objectStorage.close()]);
});

function invoke(requestId = 'request-1'): RotationContext {
  return composeRotation(container, {
    request: { step: 'createSecret', secretArn: SECRET_ARN, versionId: 'version' },
    requestId,
    functionVersion: '1',
    remainingMs: () => 60_000,
    reporter: {
      info: () => undefined,
      warn: (event, { error } = {}) => warnings.push(`${event} ${String(error)}`),
      metric: ({ name, value }) => value > 0 && metrics.push(name),
    },
    redactor: new Redactor(),
  });
}

async function appendThree({ audit }: RotationContext): Promise<void> {
  for (const subject of ['a', 'b', 'c']) await audit.append({ event: 'staged', subject });
}

function entries(): readonly [string, string][] {
  return aws.buckets
    .versions('audit', PREFIX)
    .flatMap(([version]): [string, string][] =>
      version === undefined ? [] : [[version.key, version.bytes.toString('utf8')]],
    );
}

function copies(): readonly [string, string][] {
  const listed = storage.list(PLACE, '');
  if (listed === 'no-bucket') throw new Error('there is no bucket');
  return listed.map(({ name, bytes }) => [name, bytes.toString('utf8')]);
}

describe('the copies that the function makes', () => {
  test('are the entries, byte for byte and under their keys, when the invocation ends', async () => {
    const context = invoke();

    await appendThree(context);
    await context.aside.settled();

    expect(entries()).toHaveLength(3);
    expect(copies()).toEqual(entries());
    expect(metrics).toEqual([]);
    expect(faults.calls.filter((call) => call.startsWith('secretsmanager:'))).toEqual([
      'secretsmanager:GetSecretValue',
    ]);
  });

  test('hold nothing up for longer than their time where OCI is silent, and leave nothing behind', async () => {
    faults.add({ call: 'objectstorage:*', fault: { kind: 'hang' }, times: 100 });
    const context = invoke();
    const beganMs = performance.now();
    await appendThree(context);
    const appendedMs = performance.now();
    await context.aside.settled();
    const settledMs = performance.now();
    const calls = faults.calls.length;
    expect(faults.calls).toContain('objectstorage:PutObject');

    // Three appends wait for no copy.
    expect(appendedMs - beganMs).toBeLessThan(2_500);
    expect(settledMs - appendedMs).toBeLessThan(3_500);
    expect(entries()).toHaveLength(3);
    expect(metrics).toEqual(Array(3).fill('AuditCopyFailed'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(faults.calls).toHaveLength(calls);
  });

  test('are made up for within their time, and complete when OCI answers again', async () => {
    faults.add({ call: 'objectstorage:*', fault: { kind: 'loseRequest' }, times: 1_000 });
    const first = invoke();
    await appendThree(first);
    await catchUpCopies(first);
    expect(copies()).toEqual([]);
    // Three entries, and the look for what is missing.
    expect(metrics).toEqual(Array(4).fill('AuditCopyFailed'));
    faults.clear();

    const next = invoke('request-2');
    await appendThree(next);
    await catchUpCopies(next);

    expect(entries()).toHaveLength(6);
    expect(copies()).toEqual(entries());
    expect(metrics).toHaveLength(4);
  });

  test('of a gap are looked for in both places, within their time where one is silent', async () => {
    const context = invoke();
    await appendThree(context);
    await context.aside.settled();
    faults.add({ call: 'objectstorage:ListObjects', fault: { kind: 'hang' }, times: 100 });
    const beganMs = performance.now();
    await catchUpCopies(context);

    expect(performance.now() - beganMs).toBeLessThan(5_500);
    expect(metrics).toEqual(['AuditCopyFailed']);
  });

  test('have a way that doctor looks at, in the region of their bucket', async () => {
    const { mirrors, audit } = container.config;
    const copyTo = {
      ociObjectStorage: { mirror: 'oci-frankfurt', ...PLACE, region: 'eu-zurich-1' },
    };
    const config = {
      ...container.config,
      mirrors: mirrors.map((mirror) => ({ ...mirror, endpoints: undefined })),
      audit: { ...audit, copyTo },
    };
    const routes = await composeRoutes(
      { ...container, config },
      { environment: aws.environment, budget: new TimeBudget(() => 60_000) },
    );

    expect(routes.map(({ subject }) => subject)).toContain(
      'objectstorage.eu-zurich-1.oraclecloud.com:443',
    );
  });

  test('fail without a word of the key where OCI does not take it', async () => {
    const other = invoke();
    aws.secretsManager.putSecretValue({
      SecretId: apiKeyArn,
      ClientRequestToken: randomUUID(),
      SecretString: '{"privateKey":"example-of-a-private-key"}',
    });
    await appendThree(other);
    await other.aside.settled();

    expect(entries()).toHaveLength(3);
    expect(metrics).toEqual(Array(3).fill('AuditCopyFailed'));
    expect(warnings[0]).toContain('audit.copy-failed ConfigurationError');
    expect(warnings.join('\n')).not.toContain('example-of-a-private-key');
  });
});
