import { newSsmKeyCache } from '../../lambda/adapters/ssm-audit-key.ts';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import { composeAuditKey } from '../../lambda/compose-audit-key.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { makeSsmClient } from '../../lambda/adapters/audit-clients.ts';
import { makeKmsClient } from '../../lambda/adapters/kms-client.ts';
import type { AuditKeys } from '../../config/audit-config.ts';
import type { AuditKey } from '../../lambda/ports/audit-key.ts';
import { startAwsServer, type AwsServer } from '../../local/aws/aws-server.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { makeTrail, PREFIX } from '../unit/audit-fixture.ts';
import { PARAMETER, setStandInCredentials } from './audit-stand-ins.ts';

const FIRST = 'first key of the change of keys, 32 bytes at least';
const SECOND = 'second key of the change of keys, 32 bytes at least';

let aws: AwsServer;
let store: MemoryAuditStore;
let clients: {
  readonly ssm: ReturnType<typeof makeSsmClient>;
  readonly kms: ReturnType<typeof makeKmsClient>;
};

beforeAll(setStandInCredentials);

beforeEach(async () => {
  aws = await startAwsServer({ rotation: { invoke: () => Promise.resolve() } });
  clients = { ssm: makeSsmClient(aws.environment), kms: makeKmsClient(aws.environment) };
  store = new MemoryAuditStore();
});

afterEach(async () => {
  clients.ssm.destroy();
  clients.kms.destroy();
  await aws.close();
});

/** The key as a new container composes it. */
function keyOf(keys: AuditKeys): AuditKey {
  return composeAuditKey(keys, {
    ssm: clients.ssm,
    kms: () => Promise.resolve(clients.kms),
    cache: newSsmKeyCache(),
    budget: new TimeBudget(() => 60_000),
    redactor: new Redactor(),
  });
}

/** One entry, by a new container: it reads and verifies the newest one first. */
async function append(keys: AuditKeys): Promise<void> {
  await makeTrail({ store, key: keyOf(keys) }).trail.append({ event: 'proven', subject: 'rds' });
}

async function verdictOf(keys: AuditKeys): Promise<object> {
  const report = await verifyTrail({ store, key: keyOf(keys), prefix: PREFIX });
  const { isIntact, entryCount, findings } = report;
  return { isIntact, entryCount, findings: findings.map(({ kind, sequence }) => [kind, sequence]) };
}

function putKey(Value: string): void {
  aws.parameters.putParameter({ Name: PARAMETER, Type: 'SecureString', Overwrite: true, Value });
}

describe('a trail', () => {
  test('goes on across a new version of the parameter', async () => {
    const keys = { keyParameter: PARAMETER };
    putKey(FIRST);
    await append(keys);
    putKey(SECOND);
    await append(keys);
    await expect(verdictOf(keys)).resolves.toEqual({ isIntact: true, entryCount: 2, findings: [] });
  });

  test('goes on from SSM to KMS, and to another key of KMS', async () => {
    putKey(FIRST);
    const first = aws.keys.create({ keyId: 'first' });
    const second = aws.keys.create({ keyId: 'second' });
    const former = [{ keyParameter: PARAMETER }];
    await append({ keyParameter: PARAMETER });
    await append({ keyArn: first, formerKeys: former });
    await append({ keyArn: second, formerKeys: [...former, { keyArn: first }] });
    await append({ keyArn: second, formerKeys: [...former, { keyArn: first }] });
    await expect(
      verdictOf({ keyArn: second, formerKeys: [{ keyArn: first }, ...former] }),
    ).resolves.toEqual({ isIntact: true, entryCount: 4, findings: [] });
    const versions = store.objects.map(
      ({ body }) => (JSON.parse(body) as { keyVersion: string }).keyVersion,
    );
    expect(versions.sort()).toEqual([
      'kms:arn:aws:kms:eu-west-1:111111111111:key/first',
      'kms:arn:aws:kms:eu-west-1:111111111111:key/second',
      'kms:arn:aws:kms:eu-west-1:111111111111:key/second',
      'ssm:1',
    ]);
  });

  test('goes back from KMS to SSM', async () => {
    putKey(FIRST);
    const keyArn = aws.keys.create();
    const keys = { keyParameter: PARAMETER, formerKeys: [{ keyArn }] };
    await append({ keyArn });
    await append(keys);
    await expect(verdictOf(keys)).resolves.toMatchObject({ isIntact: true, entryCount: 2 });
  });

  test('fails when the former key is not named: nothing is linked to an entry that cannot be verified', async () => {
    putKey(FIRST);
    const keyArn = aws.keys.create();
    await append({ keyParameter: PARAMETER });
    await expect(append({ keyArn })).rejects.toMatchObject({
      name: 'AuditError',
      message: expect.stringContaining(
        'names the key version ssm:1, which is not known',
      ) as unknown,
      remedy: expect.stringContaining('audit.formerKeys') as unknown,
    });
    await expect(verdictOf({ keyArn })).resolves.toEqual({
      isIntact: false,
      entryCount: 1,
      findings: [['unknown-key', 1]],
    });
  });

  test('signed by a key that only the entry names is not authentic', async () => {
    const keyArn = aws.keys.create({ keyId: 'ours' });
    const foreign = aws.keys.create({ keyId: 'someone-elses' });
    await append({ keyArn });
    await append({ keyArn: foreign, formerKeys: [{ keyArn }] });
    await expect(verdictOf({ keyArn })).resolves.toMatchObject({
      isIntact: false,
      findings: [['unknown-key', 2]],
    });
  });
});
