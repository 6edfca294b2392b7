import { jest } from '@jest/globals';
import { DefaultRequestSigner, type HttpRequest } from 'oci-common';
import { VaultsClient } from 'oci-vault';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { OciServer } from '../../local/oci/oci-server.ts';
import { createSdkClients, type SdkClients } from '../../local/oci/sdk-clients.ts';
import { VaultModel } from '../../local/oci/vault-model.ts';

const REFUSAL = { statusCode: 401, serviceCode: 'NotAuthenticated' };

let known: ApiKey;
let other: ApiKey;
let model: VaultModel;
let server: OciServer;
let secretId: string;
let skewMs: number;
const opened: SdkClients[] = [];

beforeAll(async () => {
  // The SDK warns of every failed call on the console.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  [known, other] = await Promise.all([createApiKey(), createApiKey()]);
});

afterAll(() => {
  jest.restoreAllMocks();
});

beforeEach(async () => {
  skewMs = 0;
  model = new VaultModel({ now: Date.now });
  secretId = model.createSecret({
    compartmentId: 'ocid1.compartment.oc1..test',
    vaultId: 'ocid1.vault.oc1.eu-frankfurt-1.test',
    keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
    secretName: 'app-database',
    secretContent: { contentType: 'BASE64', content: 'Zmlyc3Q=' },
  }).body.id;
  const publicKeys = new Map([[known.keyId, known.publicKeyPem]]);
  server = await OciServer.start({ model, publicKeys, now: () => Date.now() + skewMs });
});

afterEach(async () => {
  for (const clients of opened.splice(0)) clients.close();
  await server.close();
});

function clientsOf(key: ApiKey): SdkClients {
  const clients = createSdkClients(server.url, key);
  opened.push(clients);
  return clients;
}

async function update(vaults: VaultsClient, content: string): Promise<void> {
  await vaults.updateSecret({
    secretId,
    updateSecretDetails: { secretContent: { contentType: 'BASE64', content } },
  });
}

/** A client of the SDK whose requests `alter` changes after they were signed, on their way to the server. */
function tampering(alter: (request: HttpRequest) => HttpRequest): VaultsClient {
  const signer = new DefaultRequestSigner({
    getKeyId: () => Promise.resolve(known.keyId),
    getPrivateKey: () => known.privateKeyPem,
    getPassphrase: () => null,
  });
  const vaults = new VaultsClient({
    httpClient: {
      async send(request) {
        await signer.signHttpRequest(request);
        const altered = alter(request);
        const { method, headers } = altered;
        return await fetch(altered.uri, { method, headers, body: altered.body as string });
      },
    },
  });
  vaults.endpoint = server.url;
  return vaults;
}

test('the signatures of both clients are accepted, with and without a body', async () => {
  const { vaults, secrets } = clientsOf(known);

  await update(vaults, 'c2Vjb25k');
  await update(vaults, 'dMO8cmtpc2No');
  await vaults.scheduleSecretVersionDeletion({
    secretId,
    secretVersionNumber: 1,
    scheduleSecretVersionDeletionDetails: {},
  });
  const { secretBundle } = await secrets.getSecretBundleByName({
    secretName: 'app-database',
    vaultId: 'ocid1.vault.oc1.eu-frankfurt-1.test',
  });
  expect(secretBundle.versionNumber).toBe(3);
  expect(server.requests.map((request) => request.status)).toEqual([200, 200, 200, 200]);
});

test('a signature that is nearly 5 minutes off is accepted, in either direction', async () => {
  const { vaults } = clientsOf(known);

  for (skewMs of [290_000, -290_000]) await vaults.getSecret({ secretId });
  expect(server.requests.map((request) => request.status)).toEqual([200, 200]);
});

test('fails when the signature is more than 5 minutes off, in either direction', async () => {
  const { vaults } = clientsOf(known);

  for (skewMs of [302_000, -302_000]) {
    await expect(vaults.getSecret({ secretId })).rejects.toMatchObject(REFUSAL);
  }
});

test('fails when the key is not known', async () => {
  const { vaults, secrets } = clientsOf(other);

  await expect(vaults.getSecret({ secretId })).rejects.toMatchObject(REFUSAL);
  await expect(secrets.getSecretBundle({ secretId })).rejects.toMatchObject(REFUSAL);
});

test('fails when another key signed under the id of a known one', async () => {
  const { privateKeyPem } = other;
  const { vaults } = clientsOf({ ...known, privateKeyPem });

  await expect(update(vaults, 'c2Vjb25k')).rejects.toMatchObject(REFUSAL);
  expect(model.listSecretVersions(secretId)).toHaveLength(1);
});

test('fails when the body was altered on its way', async () => {
  const honest = tampering((request) => request);
  await update(honest, 'c2Vjb25k');
  const dishonest = tampering((request) => ({
    ...request,
    body: String(request.body).replace('dGhpcmQ=', 'Zm91cnRo'),
  }));

  await expect(update(dishonest, 'dGhpcmQ=')).rejects.toMatchObject(REFUSAL);
  expect(model.getSecretBundle(secretId).body.secretBundleContent.content).toBe('c2Vjb25k');
});

test('fails when the target was altered on its way', async () => {
  const dishonest = tampering((request) => ({ ...request, uri: `${request.uri}?altered=true` }));

  await expect(dishonest.getSecret({ secretId })).rejects.toMatchObject(REFUSAL);
});

test('fails when a request is not signed at all', async () => {
  const response = await fetch(`${server.url}/20190301/secretbundles/${secretId}`);

  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: 'NotAuthenticated' });
  expect(response.headers.get('opc-request-id')).toMatch(/^[0-9A-F]{32}$/);
});
