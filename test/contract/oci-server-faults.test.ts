import { jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { OciServer } from '../../local/oci/oci-server.ts';
import { createSdkClients, type SdkClients } from '../../local/oci/sdk-clients.ts';
import { VaultModel } from '../../local/oci/vault-model.ts';

const HOUR_MS = 3_600_000;

let key: ApiKey;
let model: VaultModel;
let faults: FaultPlan;
let server: OciServer;
let clients: SdkClients;
let secretId: string;

beforeAll(async () => {
  // The SDK warns of every failed call on the console.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  key = await createApiKey();
});

afterAll(() => {
  jest.restoreAllMocks();
});

beforeEach(async () => {
  model = new VaultModel({ now: Date.now });
  faults = new FaultPlan();
  secretId = model.createSecret({
    compartmentId: 'ocid1.compartment.oc1..test',
    vaultId: 'ocid1.vault.oc1.eu-frankfurt-1.test',
    keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
    secretName: 'app-database',
    secretContent: { contentType: 'BASE64', content: 'Zmlyc3Q=', name: 'one' },
  }).body.id;
  const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
  server = await OciServer.start({ model, publicKeys, faults });
  clients = createSdkClients(server.url, key);
});

afterEach(async () => {
  clients.close();
  await server.close();
});

function strike(call: string, fault: Fault): void {
  faults.add({ call, fault });
}

async function upload(name: string): Promise<unknown> {
  return await clients.vaults.updateSecret({
    secretId,
    updateSecretDetails: { secretContent: { contentType: 'BASE64', content: 'c2Vjb25k', name } },
  });
}

function versionNames(): unknown[] {
  return model.listSecretVersions(secretId).map((version) => version.name);
}

/** Resolves once the server has seen `count` requests. */
async function arrived(count: number): Promise<void> {
  while (server.requests.length < count) await setImmediate();
}

test('a refused call has no effect and answers 500, and the next one passes', async () => {
  strike('oci:UpdateSecret', { kind: 'refuse' });

  await expect(upload('two')).rejects.toMatchObject({
    statusCode: 500,
    serviceCode: 'InternalServerError',
  });
  expect(versionNames()).toEqual(['one']);
  await upload('two');
  expect(versionNames()).toEqual(['two', 'one']);
});

test.each([
  ['IncorrectState', 409],
  ['NotAuthorizedOrNotFound', 404],
  ['LimitExceeded', 400],
  ['ServiceUnavailable', 503],
  ['SomethingElse', 500],
])('a call refused with %s answers %i', async (code, statusCode) => {
  strike('oci:GetSecret', { kind: 'refuse', code, message: 'so it goes' });

  await expect(clients.vaults.getSecret({ secretId })).rejects.toMatchObject({
    statusCode,
    serviceCode: code,
    message: 'so it goes',
  });
});

test('a throttled call has no effect and answers 429', async () => {
  strike('oci:UpdateSecret', { kind: 'throttle' });

  await expect(upload('two')).rejects.toMatchObject({
    statusCode: 429,
    serviceCode: 'TooManyRequests',
    message: 'User-rate limit exceeded.',
  });
  expect(versionNames()).toEqual(['one']);
});

test('a lost request has no effect and no answer', async () => {
  strike('oci:UpdateSecret', { kind: 'loseRequest' });

  await expect(upload('two')).rejects.toMatchObject({ message: 'fetch failed' });
  expect(versionNames()).toEqual(['one']);
  expect(server.requests).toMatchObject([{ call: 'oci:UpdateSecret', status: undefined }]);
});

test('a lost reply has an effect and no answer', async () => {
  strike('oci:UpdateSecret', { kind: 'loseReply' });

  await expect(upload('two')).rejects.toMatchObject({ message: 'fetch failed' });
  expect(versionNames()).toEqual(['two', 'one']);
  await expect(upload('two')).rejects.toMatchObject({ message: 'name already exists' });
});

test('a cut answer has an effect and breaks off in the middle of the body', async () => {
  strike('oci:UpdateSecret', { kind: 'cut' });

  await expect(upload('two')).rejects.toThrow('terminated');
  expect(versionNames()).toEqual(['two', 'one']);
  expect(server.requests).toMatchObject([{ status: undefined }]);
});

test('an answer without a body is cut in the middle of its head', async () => {
  await upload('two');
  await upload('three');
  strike('oci:ScheduleSecretVersionDeletion', { kind: 'cut' });

  const call = clients.vaults.scheduleSecretVersionDeletion({
    secretId,
    secretVersionNumber: 1,
    scheduleSecretVersionDeletionDetails: {},
  });
  await expect(call).rejects.toMatchObject({ message: 'fetch failed' });
  expect(model.listSecretVersions(secretId)[2]).toHaveProperty('timeOfDeletion');
});

test('a delayed call takes effect at once and is answered later', async () => {
  strike('oci:UpdateSecret', { kind: 'delay', delayMs: 20 });

  const call = upload('two');
  await arrived(1);
  expect(versionNames()).toEqual(['two', 'one']);
  expect(server.requests).toMatchObject([{ status: undefined }]);
  await call;
  expect(server.requests).toMatchObject([{ status: 200 }]);
});

test('a hanging call has no effect and stays open until the server closes', async () => {
  strike('oci:GetSecretBundle', { kind: 'hang' });

  const call = clients.secrets.getSecretBundle({ secretId });
  const outcome = expect(call).rejects.toMatchObject({ message: 'fetch failed' });
  await arrived(1);
  expect(await Promise.race([call, setImmediate('open')])).toBe('open');
  await server.close();
  await outcome;
  server = await OciServer.start({ model, publicKeys: new Map() });
});

test('closing ends answers that are still delayed, and leaves no timer behind', async () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  strike('oci:GetSecret', { kind: 'delay', delayMs: HOUR_MS });
  const idle = timers();

  const outcome = expect(clients.vaults.getSecret({ secretId })).rejects.toMatchObject({
    message: 'fetch failed',
  });
  await arrived(1);
  expect(timers()).toBe(idle + 1);
  await server.close();
  expect(timers()).toBe(idle);
  await outcome;
  await expect(clients.vaults.getSecret({ secretId })).rejects.toMatchObject({
    message: 'fetch failed',
  });
  server = await OciServer.start({ model, publicKeys: new Map() });
});

test('every call asks the plan once, by the name of its operation', async () => {
  const { vaults, secrets } = clients;
  await upload('two');
  await vaults.updateSecret({ secretId, updateSecretDetails: { currentVersionNumber: 1 } });
  await vaults.updateSecret({ secretId, updateSecretDetails: { currentVersionNumber: 2 } });
  await vaults.getSecret({ secretId });
  await vaults.getSecretVersion({ secretId, secretVersionNumber: 1 });
  await vaults.listSecretVersions({ secretId });
  await vaults.listSecrets({ compartmentId: 'ocid1.compartment.oc1..test' });
  await secrets.getSecretBundle({ secretId });
  await secrets.getSecretBundleByName({
    secretName: 'app-database',
    vaultId: 'ocid1.vault.oc1.eu-frankfurt-1.test',
  });
  await secrets.listSecretBundleVersions({ secretId });
  await expect(vaults.rotateSecret({ secretId })).rejects.toMatchObject({ statusCode: 404 });

  expect(faults.calls).toEqual([
    'oci:UpdateSecret',
    'oci:PromoteSecretVersion',
    'oci:PromoteSecretVersion',
    'oci:GetSecret',
    'oci:GetSecretVersion',
    'oci:ListSecretVersions',
    'oci:ListSecrets',
    'oci:GetSecretBundle',
    'oci:GetSecretBundleByName',
    'oci:ListSecretBundleVersions',
  ]);
});
