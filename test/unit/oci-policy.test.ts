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

test('the policy of OCI allows the same on a second secret as on the first', () => {
  const secretOcid = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings';
  const connectionStrings = { mirrors: [{ mirror: 'oci', secretOcid }] };

  const statements = ociPolicy(
    { mirrors: [mirror], connectionStrings },
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
