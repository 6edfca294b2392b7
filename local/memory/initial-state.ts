import type { VaultModel } from '../oci/vault-model.ts';
import { Accounts } from '../oracle/accounts/accounts.ts';
import type { ProfileLimits } from '../oracle/accounts/profile.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';

/** What everything in a world holds before the first rotation. */
export const INITIAL_PASSWORD = 'Example_initial_password_00001';
export const USERNAME = 'app';
export const ORACLE_USER = 'APP';

export function documentText(
  password: string,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    engine: 'postgres',
    host: 'orders.example.com',
    port: 5432,
    dbname: 'orders',
    username: USERNAME,
    password,
    ...extra,
  });
}

export function passwordOf(text: string): string | undefined {
  return (JSON.parse(text) as { password?: string }).password;
}

export function createOciSecret(vault: VaultModel, text: string): string {
  const { body } = vault.createSecret({
    compartmentId: 'ocid1.compartment.oc1..example',
    vaultId: 'ocid1.vault.oc1..example',
    keyId: 'ocid1.key.oc1..example',
    secretName: 'orders',
    secretContent: { contentType: 'BASE64', content: Buffer.from(text).toString('base64') },
  });
  return body.id;
}

export function createAccounts(
  now: () => number,
  limits: Partial<ProfileLimits> = {},
): Accounts<PlainVerifier> {
  const accounts = Accounts.inMemory({ now });
  accounts.createProfile('APP_PROFILE', limits);
  accounts.createUser({ name: ORACLE_USER, password: INITIAL_PASSWORD, profile: 'APP_PROFILE' });
  return accounts;
}
