import { createServer, get, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { readSecretString } from '../../lambda/adapters/aws-secret-string.ts';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { readWalletInObjectStorage } from '../../lambda/adapters/wallet-in-object-storage.ts';
import { VaultUnreachableError, WalletUnreachableError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { createApiKey } from '../../local/oci/api-key.ts';
import { failureOf, open } from './database-logins.ts';
import { Time } from './database-time.ts';
import { OracleBed } from './oracle-bed.ts';

/**
 * Goal: what a database's CA signed is believed by the connection to that database and by no other of the process.
 * Method: log in with the CA, then ask a server of AWS's and of OCI's kind whose certificate is of the same CA.
 */
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a1B2c3';

let bed: OracleBed;
let impostor: Server;
let url: string;
let requests = 0;

beforeAll(async () => {
  bed = await OracleBed.make();
  const { certificatePem: cert, privateKeyPem: key } = await bed.ca.issue({
    commonName: 'localhost',
    hosts: ['localhost'],
  });
  impostor = createServer({ cert, key }, (_request, response) => {
    requests += 1;
    response.end('{"SecretString":"{}"}');
  });
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(impostor.address() as AddressInfo).port}`;
});

afterAll(async () => {
  impostor.closeAllConnections();
  await new Promise((resolve) => impostor.close(resolve));
  await bed.server.close();
});

test("the database's CA opens the database, and makes nothing else trusted", async () => {
  const environment = { ...process.env };
  const session = await open(bed.makeDatabase(), 'app');

  const client = makeSecretsManagerClient(
    {},
    {
      endpoint: url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
  );
  const redactor = new Redactor();
  const { budget } = new Time();
  const ofAws = await failureOf(
    readSecretString(client, { secretArn: SECRET_ARN, budget, redactor }),
  );
  client.destroy();

  const { tenancyId, userId, fingerprint, privateKeyPem } = await createApiKey();
  const ofOci = await failureOf(
    readWalletInObjectStorage(
      {
        walletMirror: 'oci',
        walletOciNamespace: 'axexample',
        walletOciBucket: 'wallets',
        walletOciObject: 'wallet.zip',
        walletPasswordSecretArn: SECRET_ARN,
      },
      {
        mirror: {
          name: 'oci',
          region: 'eu-frankfurt-1',
          endpoints: { vaults: url, secrets: url, objectStorage: url },
        },
        access: {
          remedy: 'none',
          signingKey: () =>
            Promise.resolve({ keyId: `${tenancyId}/${userId}/${fingerprint}`, privateKeyPem }),
          replace: () => Promise.resolve(undefined),
        },
        reading: {
          subject: 'adb',
          redactor,
          budget,
          clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
        },
      },
    ),
  );
  await session.close();

  expect(ofAws).toBeInstanceOf(VaultUnreachableError);
  expect(ofOci).toBeInstanceOf(WalletUnreachableError);
  expect(requests).toBe(0);
  expect(process.env).toEqual(environment);
  // The server is sound: who trusts its CA is answered.
  await expect(statusFor(bed.ca.certificatePem)).resolves.toBe(200);
  expect(requests).toBe(1);
});

/** What the impostor answers to a client that trusts this CA. */
async function statusFor(ca: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}
