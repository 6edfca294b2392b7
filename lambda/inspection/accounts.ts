import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import type { Engine, OwnSession } from '../ports/database.ts';
import type { InspectionContext } from './context.ts';
import type { StoredCredential } from './stored-versions.ts';

/**
 * What a database said of the stored passwords of a user. `none`: it refused all. `allowance-spent`: it refused as many
 * as may be risked, and more are stored. `not-tried`: nothing may be risked. `failed`: it did not answer the question.
 */
export type Acceptance =
  | { readonly outcome: 'accepted'; readonly accepted: StoredCredential }
  | { readonly outcome: 'none' | 'allowance-spent' | 'not-tried' }
  | { readonly outcome: 'failed'; readonly error: LockstepError };

/** One user at one database. */
export interface AccountView {
  readonly database: string;
  readonly engine: Engine;
  readonly username: string;
  readonly refused: readonly StoredCredential[];
  readonly acceptance: Acceptance;
  /** How long the question took, in milliseconds: a long time speaks of the network, a short one of the account. */
  readonly durationMs: number;
}

export interface Account {
  readonly database: InspectionContext['databases'][number];
  readonly username: string;
  /** Likeliest first. */
  readonly candidates: readonly StoredCredential[];
}

/** How many logins may be refused, and a clock to time them with. */
export interface LoginBounds extends Pick<InspectionContext, 'clock'> {
  readonly logins: {
    left(database: string): number;
    /** One more was refused. */
    spend(database: string): void;
  };
}

/**
 * Finds the first stored password that a database accepts, within the allowance of refused logins.
 *
 * @param whileOpen is given the session that was let in, which is closed afterwards; it must not throw
 */
export async function findAccepted(
  { logins, clock }: LoginBounds,
  { database, username, candidates }: Account,
  whileOpen?: (session: OwnSession, credential: Credential) => Promise<void>,
): Promise<AccountView> {
  const startedMs = clock.now();
  const refused: StoredCredential[] = [];
  const view = (acceptance: Acceptance): AccountView => ({
    database: database.name,
    engine: database.engine,
    username,
    refused,
    acceptance,
    durationMs: clock.now() - startedMs,
  });
  for (const candidate of candidates) {
    if (logins.left(database.name) === 0) {
      return view({ outcome: refused.length === 0 ? 'not-tried' : 'allowance-spent' });
    }
    try {
      const session = await database.login(candidate.credential);
      if (session !== 'refused') {
        await whileOpen?.(session, candidate.credential);
        await session.close();
        return view({ outcome: 'accepted', accepted: candidate });
      }
    } catch (error) {
      return view({ outcome: 'failed', error: asLockstepError(error) });
    }
    logins.spend(database.name);
    refused.push(candidate);
  }
  return view({ outcome: 'none' });
}
