import { jest } from '@jest/globals';
import { models } from 'oci-vault';
import { requests as bundleRequests } from 'oci-secrets';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { OciServer } from '../../local/oci/oci-server.ts';
import { createSdkClients, type SdkClients } from '../../local/oci/sdk-clients.ts';
import { VaultModel } from '../../local/oci/vault-model.ts';

const { Pending, Latest } = bundleRequests.GetSecretBundleRequest.Stage;
const VAULT_ID = 'ocid1.vault.oc1.eu-frankfurt-1.test';
const COMPARTMENT_ID = 'ocid1.compartment.oc1..test';
const HOUR_MS = 3_600_000;

let key: ApiKey;
let server: OciServer;
let clients: SdkClients;
let secretId: string;
let nowMs: number;

beforeAll(async () => {
  // The SDK warns of every failed call on the console.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  key = await createApiKey();
});

afterAll(() => {
  jest.restoreAllMocks();
});

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20, 12);
  const model = new VaultModel({ now: () => nowMs, updatingMs: 5000 });
  const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
  server = await OciServer.start({ model, publicKeys, pageSize: 3 });
  clients = createSdkClients(server.url, key);
  secretId = await create('app-database');
});

afterEach(async () => {
  clients.close();
  await server.close();
});

function detailsOf(
  secretName: string,
  content: Partial<models.Base64SecretContentDetails> = {},
): models.CreateSecretDetails {
  return {
    compartmentId: COMPARTMENT_ID,
    vaultId: VAULT_ID,
    keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
    secretName,
    secretContent: { contentType: 'BASE64', content: 'Zmlyc3Q=', name: 'one', ...content },
  };
}

async function create(secretName: string): Promise<string> {
  const createSecretDetails = detailsOf(secretName);
  const { secret } = await clients.vaults.createSecret({ createSecretDetails });
  return secret.id;
}

/** Adds a version and lets the secret become ACTIVE again. */
async function upload(
  name: string,
  content: string,
  stage?: models.SecretContentDetails.Stage,
): Promise<void> {
  await clients.vaults.updateSecret({
    secretId,
    updateSecretDetails: {
      secretContent: { contentType: 'BASE64', content, name, ...(stage && { stage }) },
    },
  });
  nowMs += 5000;
}

async function promote(currentVersionNumber: number, ifMatch?: string): Promise<void> {
  await clients.vaults.updateSecret({
    secretId,
    updateSecretDetails: { currentVersionNumber },
    ...(ifMatch !== undefined && { ifMatch }),
  });
  nowMs += 5000;
}

async function stagesByNumber(): Promise<Record<number, unknown>> {
  const versions: Record<number, unknown> = {};
  for await (const version of clients.vaults.listSecretVersionsRecordIterator({ secretId })) {
    versions[version.versionNumber] = version.stages;
  }
  return versions;
}

test('a staged version is read by name, by number and by stage, and CURRENT stays', async () => {
  await upload('two', 'c2Vjb25k', models.SecretContentDetails.Stage.Pending);

  const expected = {
    secretId,
    versionNumber: 2,
    versionName: 'two',
    stages: ['PENDING', 'LATEST'],
  };
  const content = { contentType: 'BASE64', content: 'c2Vjb25k' };
  for (const selector of [
    { secretVersionName: 'two' },
    { versionNumber: 2 },
    { stage: Pending },
    { stage: Latest },
  ]) {
    const { secretBundle } = await clients.secrets.getSecretBundle({ secretId, ...selector });
    expect(secretBundle).toMatchObject({ ...expected, secretBundleContent: content });
  }
  const { secretBundle } = await clients.secrets.getSecretBundle({ secretId });
  expect(secretBundle).toMatchObject({
    versionName: 'one',
    stages: ['CURRENT'],
    timeCreated: '2026-11-20T12:00:00.000Z',
    secretBundleContent: { content: 'Zmlyc3Q=' },
  });
});

test('a version uploaded without a stage is CURRENT at once', async () => {
  await upload('two', 'c2Vjb25k');

  expect(await stagesByNumber()).toEqual({ 1: ['PREVIOUS'], 2: ['CURRENT', 'LATEST'] });
});

test('promoting by number moves CURRENT, and the number of the current version', async () => {
  await upload('two', 'c2Vjb25k', models.SecretContentDetails.Stage.Pending);
  await promote(2);

  expect(await stagesByNumber()).toEqual({ 1: ['PREVIOUS'], 2: ['CURRENT', 'LATEST'] });
  const { secret } = await clients.vaults.getSecret({ secretId });
  expect(secret).toMatchObject({
    currentVersionNumber: 2,
    lifecycleState: 'ACTIVE',
    rotationStatus: 'NOT_ENABLED',
    isReplica: false,
  });
});

test('a bundle is read by the names of secret and vault', async () => {
  const name = { secretName: 'app-database', vaultId: VAULT_ID };

  const { secretBundle } = await clients.secrets.getSecretBundleByName(name);
  expect(secretBundle).toMatchObject({ secretId, versionNumber: 1 });
  await expect(
    clients.secrets.getSecretBundleByName({ ...name, secretName: 'another' }),
  ).rejects.toMatchObject({ statusCode: 404, serviceCode: 'NotAuthorizedOrNotFound' });
});

test('fails when there is no version in the stage asked for', async () => {
  await expect(clients.secrets.getSecretBundle({ secretId, stage: Pending })).rejects.toMatchObject(
    {
      statusCode: 404,
      serviceCode: 'NotAuthorizedOrNotFound',
    },
  );
});

test('fails when a version name is used again', async () => {
  await expect(upload('one', 'c2Vjb25k')).rejects.toMatchObject({
    statusCode: 400,
    serviceCode: 'InvalidParameter',
    message: 'name already exists',
  });
});

test('fails when a secret is made with a PENDING version', async () => {
  const { Pending: stage } = models.SecretContentDetails.Stage;
  const createSecretDetails = detailsOf('staged', { stage });

  await expect(clients.vaults.createSecret({ createSecretDetails })).rejects.toMatchObject({
    statusCode: 400,
    message: 'secretContent.stage is missing or not valid',
  });
});

test('a create that is repeated with its retry token answers the same secret', async () => {
  const request = { opcRetryToken: 'token', createSecretDetails: detailsOf('repeated') };

  const first = await clients.vaults.createSecret(request);
  const second = await clients.vaults.createSecret(request);
  expect(second.secret.id).toBe(first.secret.id);
});

test('fails when a secret is changed or its versions are listed while it is UPDATING', async () => {
  await clients.vaults.updateSecret({
    secretId,
    updateSecretDetails: {
      secretContent: { contentType: 'BASE64', content: 'c2Vjb25k', name: 'two' },
    },
  });

  const refusal = {
    statusCode: 409,
    serviceCode: 'IncorrectState',
    message: expect.stringContaining('UPDATING') as string,
  };
  await expect(upload('three', 'dGhpcmQ=')).rejects.toMatchObject(refusal);
  await expect(promote(1)).rejects.toMatchObject(refusal);
  await expect(clients.vaults.listSecretVersions({ secretId })).rejects.toMatchObject(refusal);
  const { secret } = await clients.vaults.getSecret({ secretId });
  expect(secret.lifecycleState).toBe('UPDATING');
  const { secretBundle } = await clients.secrets.getSecretBundle({ secretId });
  expect(secretBundle.versionName).toBe('two');
});

test('fails when the etag is not the current one', async () => {
  const { etag } = await clients.vaults.getSecret({ secretId });
  await upload('two', 'c2Vjb25k', models.SecretContentDetails.Stage.Pending);

  await expect(promote(2, etag)).rejects.toMatchObject({
    statusCode: 412,
    serviceCode: 'NoEtagMatch',
  });
  await promote(2, (await clients.vaults.getSecret({ secretId })).etag);
  expect((await clients.vaults.getSecret({ secretId })).secret.currentVersionNumber).toBe(2);
});

test('lists come in pages, newest first or as asked', async () => {
  for (const name of ['two', 'three', 'four', 'five']) await upload(name, 'bW9yZQ==');

  const first = await clients.vaults.listSecretVersions({ secretId });
  expect(first.items.map((item) => item.name)).toEqual(['five', 'four', 'three']);
  const second = await clients.vaults.listSecretVersions({ secretId, page: first.opcNextPage });
  expect(second.items.map((item) => item.name)).toEqual(['two', 'one']);
  expect(second.opcNextPage).toBeUndefined();
  const { items } = await clients.secrets.listSecretBundleVersions({
    secretId,
    limit: 5,
    sortOrder: bundleRequests.ListSecretBundleVersionsRequest.SortOrder.Asc,
  });
  expect(items.map((item) => item.versionName)).toEqual(['one', 'two', 'three', 'four', 'five']);
  await expect(
    clients.vaults.listSecretVersions({ secretId, page: 'made-up' }),
  ).rejects.toMatchObject({ statusCode: 400, serviceCode: 'InvalidParameter' });
});

test('secrets are listed by compartment, vault and name', async () => {
  const anotherId = await create('another');

  const all = await clients.vaults.listSecrets({ compartmentId: COMPARTMENT_ID });
  expect(all.items.map((item) => item.id)).toEqual([anotherId, secretId]);
  const named = await clients.vaults.listSecrets({
    compartmentId: COMPARTMENT_ID,
    vaultId: VAULT_ID,
    name: 'app-database',
  });
  expect(named.items.map((item) => item.id)).toEqual([secretId]);
  const none = await clients.vaults.listSecrets({ compartmentId: 'ocid1.compartment.oc1..other' });
  expect(none.items).toEqual([]);
});

test('a DEPRECATED version is pruned: scheduled, kept by a cancellation, and gone when its time has come', async () => {
  await upload('two', 'c2Vjb25k');
  await upload('three', 'dGhpcmQ=');
  const target = { secretId, secretVersionNumber: 1 };
  const schedule = async (inMs: number): Promise<void> => {
    const timeOfDeletion = new Date(nowMs + inMs);
    const scheduleSecretVersionDeletionDetails = { timeOfDeletion };
    await clients.vaults.scheduleSecretVersionDeletion({
      ...target,
      scheduleSecretVersionDeletionDetails,
    });
    nowMs += 5000;
  };

  await schedule(25 * HOUR_MS);
  const { secretVersion } = await clients.vaults.getSecretVersion(target);
  expect(secretVersion).toMatchObject({
    stages: ['DEPRECATED'],
    timeOfDeletion: '2026-11-21T13:00:10.000Z',
  });
  await clients.vaults.cancelSecretVersionDeletion(target);
  nowMs += 5000;
  await schedule(25 * HOUR_MS);
  nowMs += 25 * HOUR_MS;
  expect(await stagesByNumber()).toEqual({ 2: ['PREVIOUS'], 3: ['CURRENT', 'LATEST'] });
});

test('a version scheduled for deletion without a time has 30 days left', async () => {
  await upload('two', 'c2Vjb25k');
  await upload('three', 'dGhpcmQ=');
  const target = { secretId, secretVersionNumber: 1 };

  await clients.vaults.scheduleSecretVersionDeletion({
    ...target,
    scheduleSecretVersionDeletionDetails: {},
  });
  nowMs += 5000;
  const { secretVersion } = await clients.vaults.getSecretVersion(target);
  expect(secretVersion.timeOfDeletion).toBe('2026-12-20T12:00:10.000Z');
});

test('a secret scheduled for deletion cannot be read until the deletion is cancelled', async () => {
  await clients.vaults.scheduleSecretDeletion({ secretId, scheduleSecretDeletionDetails: {} });

  await expect(clients.secrets.getSecretBundle({ secretId })).rejects.toMatchObject({
    statusCode: 404,
  });
  const { secret } = await clients.vaults.getSecret({ secretId });
  expect(secret.lifecycleState).toBe('PENDING_DELETION');
  await clients.vaults.cancelSecretDeletion({ secretId });
  const { secretBundle } = await clients.secrets.getSecretBundle({ secretId });
  expect(secretBundle.versionNumber).toBe(1);
});

test('an answer repeats the request id it was given and adds its own', async () => {
  const { opcRequestId } = await clients.vaults.getSecret({ secretId, opcRequestId: 'mine' });

  expect(opcRequestId).toMatch(/^mine\/[0-9A-F]{32}$/);
});

test('fails when an operation is not of these services, or its parameters are not valid', async () => {
  const { vaults, secrets } = clients;
  await expect(vaults.rotateSecret({ secretId })).rejects.toMatchObject({
    statusCode: 404,
    serviceCode: 'NotFound',
  });
  const invalid = { statusCode: 400, serviceCode: 'InvalidParameter' };
  await expect(vaults.listSecretVersions({ secretId, limit: 0 })).rejects.toMatchObject(invalid);
  await expect(
    secrets.getSecretBundle({ secretId, versionNumber: 1, secretVersionName: 'one' }),
  ).rejects.toMatchObject(invalid);
  await expect(vaults.listSecrets({ compartmentId: '' })).rejects.toMatchObject({
    statusCode: 400,
    serviceCode: 'MissingParameter',
  });
});

test('the journal names calls and statuses, and holds no content', async () => {
  await upload('two', 'c2Vjb25k', models.SecretContentDetails.Stage.Pending);
  await promote(2);
  await expect(promote(9)).rejects.toMatchObject({ statusCode: 404 });

  const path = `/20180608/secrets/${secretId}`;
  expect(server.requests).toEqual([
    { method: 'POST', path: '/20180608/secrets', call: 'oci:CreateSecret', status: 200 },
    { method: 'PUT', path, call: 'oci:UpdateSecret', status: 200 },
    { method: 'PUT', path, call: 'oci:PromoteSecretVersion', status: 200 },
    { method: 'PUT', path, call: 'oci:PromoteSecretVersion', status: 404 },
  ]);
});
