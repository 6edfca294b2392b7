import {
  MissingVersionError,
  PendingMismatchError,
  SecretFormatError,
  VaultRefusedError,
} from '../domain/errors.ts';
import { isGeneratedPassword } from '../domain/generated-password.ts';
import { differingKeys } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import { nextUsername } from '../domain/strategy.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { RotationContext } from './context.ts';

/** The versions of the secret that a rotation is about. */
export interface RotationVersions {
  readonly current: SecretVersion;
  readonly pending: SecretVersion;
  readonly previous: SecretVersion | undefined;
}

/** @throws MissingVersionError when there is no AWSCURRENT or it has no value */
export async function readCurrent(context: RotationContext): Promise<SecretVersion> {
  const current = await context.secrets.read({ label: AWSCURRENT });
  if (current !== undefined) return current;
  throw new MissingVersionError('no version with AWSCURRENT has a value', {
    subject: context.secrets.name,
    remedy: 'store the credential that the databases accept today in the secret, then rotate again',
  });
}

/** @throws MissingVersionError when the version has no value under AWSPENDING */
export async function readPending(context: RotationContext): Promise<SecretVersion> {
  const { versionId } = context.request;
  const pending = await context.secrets.read({ versionId, label: AWSPENDING });
  if (pending !== undefined) return pending;
  throw new MissingVersionError(`version ${versionId} has no value under AWSPENDING`, {
    subject: context.secrets.name,
    remedy: 'wait for the retry, which begins with createSecret',
  });
}

/**
 * What a step that logs in begins with.
 *
 * @throws LoginBudgetError when a database has refused too many logins already
 */
export async function readVersions(context: RotationContext): Promise<RotationVersions> {
  const [current, pending, previous] = await Promise.all([
    readCurrent(context),
    readPending(context),
    readPrevious(context),
    context.logins.require(context.databases),
  ]);
  return { current, pending, previous };
}

/**
 * Who can write AWSPENDING must not choose a user, a server or SQL: the pending document is the current one with
 * another password of the generator's alphabet, and where users alternate with the other user. The current password may
 * be anything a person once chose.
 *
 * @throws PendingMismatchError
 * @throws ConfigurationError when users alternate and AWSCURRENT holds neither of them
 */
export function requirePendingFits(
  { strategy }: Pick<RotationContext, 'strategy'>,
  { current, pending }: Pick<RotationVersions, 'current' | 'pending'>,
): void {
  const keys = differingKeys(current.document, pending.document);
  if (keys.length > 0) {
    throw mismatch(`AWSPENDING differs from AWSCURRENT in ${keys.join(', ')}`);
  }
  const { username, password } = pending.document.credential;
  const expected = nextUsername(strategy, current.document.credential.username);
  if (username !== expected) {
    throw mismatch(`AWSPENDING holds another username: expected ${expected}`);
  }
  if (password.equals(current.document.credential.password)) {
    throw mismatch('AWSPENDING holds the password of AWSCURRENT');
  }
  if (!isGeneratedPassword(password)) {
    throw mismatch(
      'AWSPENDING holds a password that Lockstep did not make: expected 30 characters of [A-Za-z0-9_]',
    );
  }
}

function mismatch(finding: string): PendingMismatchError {
  return new PendingMismatchError(finding, {
    remedy:
      'find out who wrote AWSPENDING, take the label off (aws secretsmanager update-secret-version-stage ' +
      '--version-stage AWSPENDING --remove-from-version-id …) and rotate again',
  });
}

/** AWSPREVIOUS is only one more password to try, so a document that cannot be read counts as none. */
export async function readPrevious(context: RotationContext): Promise<SecretVersion | undefined> {
  try {
    return await context.secrets.read({ label: AWSPREVIOUS });
  } catch (error) {
    if (error instanceof SecretFormatError || error instanceof VaultRefusedError) return undefined;
    throw error;
  }
}
