import type { VaultModel } from '../oci/vault-model.ts';
import { Accounts } from '../oracle/accounts/accounts.ts';
import type { ProfileLimits } from '../oracle/accounts/profile.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';

/** What everything in a world holds before the first rotation. */
export const INITIAL_PASSWORD = 'Example_initial_password_00001';
/** What the other one of two alternating users has at first. No vault holds it. */
export const OTHER_PASSWORD = 'Example_inactive_password_0001';
export const USERNAME = 'app';
export const ORACLE_USER = 'APP';
/** May set the password of others, on every database. */
export const SUPERUSER = 'master';
export const SUPERUSER_PASSWORD = 'Example_superuser_password_001';

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

export function createOciSecret(vault: VaultModel, text: string, secretName = 'orders'): string {
  const { body } = vault.createSecret({
    compartmentId: 'ocid1.compartment.oc1..example',
    vaultId: 'ocid1.vault.oc1..example',
    keyId: 'ocid1.key.oc1..example',
    secretName,
    secretContent: { contentType: 'BASE64', content: base64Of(text) },
  });
  return body.id;
}

export function base64Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** An Oracle database whose users share one profile, and a superuser. */
export function createAccounts(
  now: () => number,
  {
    users,
    limits = {},
  }: { users: ReadonlyMap<string, string>; limits?: Partial<ProfileLimits> | undefined },
): Accounts<PlainVerifier> {
  const accounts = Accounts.inMemory({ now });
  accounts.createProfile('APP_PROFILE', limits);
  for (const [name, password] of users) {
    accounts.createUser({ name: name.toUpperCase(), password, profile: 'APP_PROFILE' });
  }
  accounts.createUser({
    name: SUPERUSER.toUpperCase(),
    password: SUPERUSER_PASSWORD,
    canAlterUsers: true,
  });
  return accounts;
}
