import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { Strategy } from '../domain/strategy.ts';
import type { OwnSession } from '../ports/database.ts';
import type { SecretDescription } from '../ports/secret-store.ts';
import type { TrailEntry } from '../ports/trail-history.ts';
import { findAccepted, type AccountView } from './accounts.ts';
import type { InspectionContext } from './context.ts';
import {
  readStoredVersions,
  storedCredentials,
  versionUnder,
  type StoredVersion,
  type VaultView,
} from './stored-versions.ts';

const OTHER_VERSIONS_READ_MAX = 5;
const ENTRIES_READ_MAX = 100;

/** Something that was asked for, or why it could not be had. */
export type Seen<Value> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: LockstepError };

/** What an inspection found, each thing looked at once. */
export interface Survey {
  readonly strategy: Strategy;
  readonly nowMs: number;
  readonly description: Seen<SecretDescription>;
  /** Secrets Manager first. */
  readonly vaults: readonly VaultView[];
  readonly current: StoredVersion | undefined;
  /** The version of a rotation that has not ended. */
  readonly pending: StoredVersion | undefined;
  /** Newest first. */
  readonly trail: Seen<readonly TrailEntry[]>;
  /** Empty where no login was asked for or AWSCURRENT names no user. */
  readonly accounts: readonly AccountView[];
}

export interface SurveyOptions {
  /** Whether to log in to the databases. */
  readonly logins: boolean;
  readonly whileOpen?: (
    database: string,
    session: OwnSession,
    credential: Credential,
  ) => Promise<void>;
}

/** Looks at vaults, trail and, where asked to, databases. Changes nothing and never throws. */
export async function survey(context: InspectionContext, options: SurveyOptions): Promise<Survey> {
  const { secrets, trail, strategy, clock } = context;
  const [description, vaults, entries] = await Promise.all([
    seen(secrets.describe()),
    readStoredVersions(context, OTHER_VERSIONS_READ_MAX),
    seen(trail.recent(ENTRIES_READ_MAX)),
  ]);
  const current = versionUnder(vaults, AWSCURRENT);
  const pending = versionUnder(vaults, AWSPENDING);
  return {
    strategy,
    nowMs: clock.now(),
    description,
    vaults,
    current,
    pending: pending?.version === current?.version ? undefined : pending,
    trail: entries,
    accounts: options.logins ? await lookAtAccounts(context, vaults, options) : [],
  };
}

export async function seen<Value>(work: Promise<Value>): Promise<Seen<Value>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: asLockstepError(error) };
  }
}

/** The databases side by side; at one database a user after the other, so that refused logins are counted in order. */
async function lookAtAccounts(
  context: InspectionContext,
  vaults: readonly VaultView[],
  { whileOpen }: SurveyOptions,
): Promise<readonly AccountView[]> {
  // Where the count is not to be had there is no allowance, and every account is `not-tried`.
  await seen(context.logins.count());
  const usernames = usernamesOf(context.strategy, versionUnder(vaults, AWSCURRENT));
  const views = context.databases.map(async (database) => {
    const found: AccountView[] = [];
    for (const username of usernames) {
      const account = { database, username, candidates: storedCredentials(vaults, username) };
      found.push(
        await findAccepted(context, account, async (session, credential) => {
          await whileOpen?.(database.name, session, credential);
        }),
      );
    }
    return found;
  });
  return (await Promise.all(views)).flat();
}

/** AWSCURRENT's user first; where users alternate the other one too. */
function usernamesOf(strategy: Strategy, current: StoredVersion | undefined): readonly string[] {
  const username = current?.document?.credential.username;
  const users = username === undefined ? [] : [username];
  return strategy.kind === 'single-user' ? users : [...new Set([...users, ...strategy.users])];
}
