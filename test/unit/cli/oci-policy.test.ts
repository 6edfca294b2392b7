import { ociPolicy } from '../../../cli/policy/oci-policy.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6';

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
            walletPasswordSecretArn: SECRET_ARN,
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
