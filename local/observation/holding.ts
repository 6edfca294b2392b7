import type { Clouds } from '../clouds/clouds.ts';
import { loginsOf } from '../clouds/logins.ts';
import { passwordIn, readAws, readOci, verifyAudit } from '../clouds/published.ts';

/** What can be seen from outside, by real logins and with the real SDKs, once a rotation is over. */
export interface Holding {
  /** Databases that accept the password that AWS publishes. */
  readonly acceptNew: readonly string[];
  /** Databases that refuse the password that was published before. */
  readonly refuseOld: readonly string[];
  readonly vaultsAreEqual: boolean;
}

/** As it is to be after every rotation. */
export const ALL_HOLDS: Holding = {
  acceptNew: ['orders-rds', 'orders-adb'],
  refuseOld: ['orders-rds', 'orders-adb'],
  vaultsAreEqual: true,
};

export async function whatHolds(clouds: Clouds, oldPassword: string): Promise<Holding> {
  const now = await whatIsPublished(clouds);
  const acceptOld = await accepting(clouds, oldPassword);
  const names = loginsOf(clouds).map(({ name }) => name);
  return { ...now, refuseOld: names.filter((name) => !acceptOld.includes(name)) };
}

/** The same without the old password. */
export async function whatIsPublished(clouds: Clouds): Promise<Omit<Holding, 'refuseOld'>> {
  const [aws, oci] = await Promise.all([readAws(clouds), readOci(clouds)]);
  return {
    acceptNew: await accepting(clouds, passwordIn(aws)),
    vaultsAreEqual: aws === oci,
  };
}

async function accepting(clouds: Clouds, password: string): Promise<readonly string[]> {
  const names = loginsOf(clouds).map(async ({ name, accepts }) =>
    (await accepts(password)) ? [name] : [],
  );
  return (await Promise.all(names)).flat();
}

export async function publishedPassword(clouds: Clouds): Promise<string> {
  return passwordIn(await readAws(clouds));
}

/** What is wrong with the audit trail, sequence by sequence; nothing where it verifies and knows of every promotion. */
export async function auditFindings(
  clouds: Clouds,
  promotedVersionIds: readonly string[],
): Promise<readonly string[]> {
  const { findings } = await verifyAudit(clouds, promotedVersionIds);
  return findings.map(({ kind, sequence, message }) => `${kind} #${sequence ?? '-'} ${message}`);
}
