import { OciVaultConfig } from '../../config/mirror-config.ts';
import { parseConfig } from '../../config/parse.ts';

const auth = {
  type: 'api-key',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6',
};
const federated = {
  type: 'federated',
  domainUrl: 'https://idcs-example.identity.oraclecloud.com',
  audience: 'urn:lockstep:oci',
  clientSecretArn:
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-client-j1K2l3',
};
const mirror = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth,
};

function parse(document: unknown): OciVaultConfig {
  return parseConfig(OciVaultConfig, { subject: 'mirror', text: JSON.stringify(document) });
}

describe('the configuration of a mirror', () => {
  test('is an OCI secret, its region and the secret with an API key', () => {
    expect(parse(mirror)).toEqual(mirror);
  });

  test('is, with federated access, the identity domain, the audience and the secret of a client', () => {
    const document = { ...mirror, auth: federated };

    expect(parse(document)).toEqual(document);
  });

  test.each([
    'https://idcs-example.identity.oraclecloud.com:443',
    'https://idcs-example.identity.oraclecloud.com/',
    'http://127.0.0.1:4599',
  ])('takes %s as an identity domain', (domainUrl) => {
    const document = { ...mirror, auth: { ...federated, domainUrl } };

    expect(parse(document)).toEqual(document);
  });

  test.each<[string, object, string]>([
    [
      'the domain is reached in the clear',
      { domainUrl: 'http://idcs-example.identity.oraclecloud.com' },
      'auth.domainUrl: an https URL, or http on the loopback address',
    ],
    [
      'the domain has a path',
      { domainUrl: 'https://example.com/oauth2' },
      'auth.domainUrl: no more than scheme, host and port',
    ],
    [
      'the domain has a query',
      { domainUrl: 'https://example.com/?a=b' },
      'auth.domainUrl: no more than scheme, host and port',
    ],
    [
      'the domain names a user',
      { domainUrl: 'https://somebody@example.com' },
      'auth.domainUrl: no more than scheme, host and port',
    ],
    ['there is no audience', { audience: '' }, 'auth.audience: letters, digits and . _ : / -'],
    [
      'the audience is a variable of IAM',
      { audience: '${aws:PrincipalTag/audience}' },
      'auth.audience: letters, digits and . _ : / -',
    ],
    [
      'the client is named by a partial ARN',
      { clientSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:client' },
      'auth.clientSecretArn: the complete ARN of a secret, with its six random characters',
    ],
    [
      "it holds the client's secret itself",
      { clientSecret: 'hunter2' },
      'auth: Unrecognized key: "clientSecret"',
    ],
    [
      'it names an API key beside',
      { secretArn: auth.secretArn },
      'auth: Unrecognized key: "secretArn"',
    ],
  ])('fails, with federated access, when %s', (_case, change, message) => {
    expect(() => parse({ ...mirror, auth: { ...federated, ...change } })).toThrow(message);
  });

  test.each([
    'https://vaults.example.com',
    'http://localhost:4599',
    'http://127.0.0.1:4599',
    'http://[::1]:4599',
  ])('takes %s as an endpoint', (endpoint) => {
    const document = { ...mirror, endpoints: { vaults: endpoint, secrets: endpoint } };

    expect(parse(document)).toEqual(document);
  });

  test.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://localhost@example.com',
    'http://169.254.169.254',
    'ftp://localhost',
    'vaults.example.com',
    '',
  ])('fails when an endpoint is %j', (endpoint) => {
    const endpoints = { vaults: 'https://vaults.example.com', secrets: endpoint };

    expect(() => parse({ ...mirror, endpoints })).toThrow(
      'endpoints.secrets: an https URL, or http on the loopback address',
    );
  });

  test.each<[string, object, string]>([
    ['it is of another kind', { type: 'azure-key-vault' }, 'type: Invalid'],
    ['its name holds a dot', { name: 'oci.1' }, 'name: letters, digits, hyphens'],
    [
      'its OCID is that of a vault',
      { secretOcid: 'ocid1.vault.oc1.eu-frankfurt-1.example' },
      'secretOcid: the OCID of a vault secret',
    ],
    [
      'its region is no OCI region',
      { region: 'frankfurt' },
      'region: an OCI region such as eu-frankfurt-1',
    ],
    ['it has no auth', { auth: undefined }, 'auth: Invalid'],
    ['its auth is of another kind', { auth: { ...auth, type: 'password' } }, 'auth.type: Invalid'],
    [
      'its API key is named by a partial ARN',
      {
        auth: { ...auth, secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oci' },
      },
      'auth.secretArn: the complete ARN of a secret, with its six random characters',
    ],
    [
      'its auth holds the key itself',
      { auth: { ...auth, privateKey: 'hunter2' } },
      'auth: Unrecognized key: "privateKey"',
    ],
    [
      'one endpoint of two is given',
      { endpoints: { vaults: 'https://vaults.example.com' } },
      'endpoints.secrets: Invalid',
    ],
    ['it has a key that is not known', { vaultOcid: 'x' }, 'Unrecognized key: "vaultOcid"'],
  ])('fails when %s', (_case, change, message) => {
    expect(() => parse({ ...mirror, ...change })).toThrow(message);
  });
});
