import type { Credential } from '../../lambda/domain/credential.ts';
import { LockstepError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession } from '../../lambda/ports/database.ts';
import { FIRST } from '../contract/database-contract.ts';

export function credential(username: string, password = FIRST): Credential {
  return { username, password: new Password(password) };
}

/** Logs in. @throws when the login is refused, and what `login` throws */
export async function open(
  database: Database,
  username: string,
  password = FIRST,
): Promise<DatabaseSession> {
  const session = await database.login(credential(username, password));
  if (session === 'refused') throw new Error('the login was refused');
  return session;
}

/** The error of the family that `work` fails with. @throws when it does not fail, or with another error */
export async function failureOf(work: Promise<unknown>): Promise<LockstepError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
