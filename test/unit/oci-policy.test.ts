import { ociPolicy } from '../../cli/policy/oci-policy.ts';
import type { OciVaultConfig } from '../../config/mirror-config.ts';

const mirror: OciVaultConfig = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth: {
    type: 'api-key',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6',
  },
};
const WALLET_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/wallet-g7H8i9';

test('the policy of OCI allows the same on a second secret as on the first', () => {
  const secretOcid = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings';
  const connectionStrings = { mirrors: [{ mirror: 'oci', secretOcid }] };

  const statements = ociPolicy(
    { mirrors: [mirror], databases: [], connectionStrings },
    { group: 'lockstep', compartment: 'C' },
  ).map(({ mirror: name, statement }) => `${name}: ${statement}`);

  expect(statements.slice(4)).toEqual([
    "oci-strings: allow group lockstep to use secrets in compartment C where target.secret.id = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings'",
    "oci-strings: allow group lockstep to read secret-bundles in compartment C where target.secret.id = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings'",
    "oci-strings: allow group lockstep to inspect secret-versions in compartment C where target.secret.id = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings'",
    "oci-strings: allow group lockstep to manage secret-versions in compartment C where target.secret.id = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings'",
  ]);
  expect(statements).toHaveLength(8);
});

test('the least policy of OCI lets a mirror read the wallet that is kept in Object Storage, and no other object', () => {
  const statements = ociPolicy(
    {
      mirrors: [],
      databases: [
        {
          name: 'orders-adb',
          engine: 'oracle',
          host: 'adb.example.com',
          port: 2484,
          serviceName: 'orders_tls.example.com',
          trust: {
            walletMirror: 'oci',
            walletOciNamespace: 'axexample',
            walletOciBucket: 'wallets',
            walletOciObject: 'orders/wallet.zip',
            walletPasswordSecretArn: WALLET_SECRET_ARN,
          },
        },
      ],
    },
    { group: 'rotators', compartment: 'databases' },
  );
  expect(statements).toEqual([
    {
      mirror: 'oci',
      statement:
        "allow group rotators to read objects in compartment databases where all {target.bucket.name = 'wallets', target.object.name = 'orders/wallet.zip'}",
      reason: 'read the wallet of orders-adb',
    },
  ]);
});

test('the least policy of OCI lets a mirror put copies of the audit trail and list them, and no more', () => {
  const ociObjectStorage = { mirror: 'oci', namespace: 'axexample', bucket: 'lockstep-audit' };

  const statements = ociPolicy(
    { mirrors: [], databases: [], audit: { copyTo: { ociObjectStorage } } },
    { group: 'rotators', compartment: 'databases' },
  );

  expect(statements).toEqual([
    {
      mirror: 'oci',
      statement:
        "allow group rotators to manage objects in compartment databases where all {target.bucket.name = 'lockstep-audit', any {request.permission = 'OBJECT_CREATE', request.permission = 'OBJECT_INSPECT'}}",
      reason:
        'put copies of the audit trail into the bucket and see which there are; neither read, overwrite nor delete',
    },
  ]);
});
