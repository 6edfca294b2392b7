import { decodeEntry } from '../../lambda/audit/encoding.ts';
import { entriesPrefix } from '../../lambda/audit/object-key.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { ROTATION } from '../clouds/rotation-entry.ts';
import { ORACLE_USER } from '../clouds/databases.ts';
import { USERNAME } from '../clouds/run-secrets.ts';
import { AUDIT_BUCKET } from '../clouds/vaults.ts';
import type { ObjectVersion, S3Store } from '../aws/s3-store.ts';

/** All that the vaults hold of the rotation's secret: versions, values, labels and stages. */
export function vaultState({ vaults }: Clouds): object {
  const { versions, labels } = vaults.aws.secretsManager.inspect(vaults.secretArn);
  const { ociVault, secretOcid } = vaults;
  const numbers = ociVault.listSecretBundleVersions(secretOcid);
  return {
    aws: { versions: [...versions], labels: [...labels] },
    oci: numbers.map(
      ({ versionNumber }) => ociVault.getSecretBundle(secretOcid, { versionNumber }).body,
    ),
  };
}

/** What tells in each database whether the user's password was changed. */
export async function databaseState({
  databases: { postgres, oracle },
}: Clouds): Promise<{ readonly postgres: string; readonly oracle: string }> {
  const [role] = await postgres.query(
    `SELECT rolpassword FROM pg_authid WHERE rolname = '${USERNAME}'`,
  );
  const changes = oracle.journal.filter(({ kind }) => /passwordChange/i.test(kind));
  return { postgres: String(role?.['rolpassword']), oracle: `${changes.length} changes` };
}

/** How often the servers refused a login of the user, each by its own count. */
export function refusedLogins({ databases: { postgres, accounts, oracle } }: Clouds): object {
  return {
    postgres: postgres.refusedLogins(USERNAME),
    oracle: accounts.refusedLogins(ORACLE_USER),
    oracleJournal: oracle.journal.filter(({ kind }) => kind === 'refusedLogon').length,
  };
}

/** What the databases have heard of the user: calls at the proxy and at the server, and logins in the log. */
export function databaseTraffic({ databases: { postgres, oracle }, faults }: Clouds): object {
  const logins = new RegExp(`connection authorized: user=${USERNAME} |user "${USERNAME}"$`, 'gm');
  return {
    calls: faults.calls.filter((call) => /^(postgres|oracle):/.test(call)).length,
    postgres: postgres.log().match(logins)?.length ?? 0,
    oracle: oracle.journal.length,
  };
}

/** The audit entries of one version, oldest first: `event subject`, with the error where there is one. */
export function auditEvents({ vaults }: Clouds, versionId: string): readonly string[] {
  const prefix = entriesPrefix(`lockstep/${ROTATION}/`);
  return auditObjects(vaults.aws.buckets)
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ bytes }) => decodeEntry(bytes.toString('utf8')))
    .filter((entry) => entry.versionId === versionId)
    .map(({ event, subject, error = '' }) => `${event} ${subject} ${error}`.trimEnd());
}

/** The trail's objects, the newest entry last; keys sort newest first. */
export function auditObjects(buckets: S3Store): readonly ObjectVersion[] {
  return buckets.versions(AUDIT_BUCKET, `lockstep/${ROTATION}/`).flat().reverse();
}
