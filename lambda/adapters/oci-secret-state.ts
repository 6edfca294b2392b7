import {
  MirrorManagedElsewhereError,
  VaultBusyError,
  VaultRefusedError,
} from '../domain/errors.ts';
import type { Clock } from '../domain/time-budget.ts';

/** A secret took seconds to leave UPDATING where operators measured it; their rotators allow 30 s, too. */
export const ACTIVE_WAIT_MAX_MS = 30_000;
/** The first pause between two looks, and the longest. */
const ACTIVE_POLL_MIN_MS = 50;
const ACTIVE_POLL_MAX_MS = 500;

/** What of an OCI secret decides whether it can be changed. */
export interface OciSecretState {
  readonly lifecycleState: string;
  readonly isReplica?: boolean;
  readonly rotationStatus?: string;
  readonly rotationConfig?: { readonly isScheduledRotationEnabled?: boolean | undefined };
  readonly secretRules?: readonly {
    readonly ruleType: string;
    readonly isSecretContentRetrievalBlockedOnExpiry?: boolean | undefined;
  }[];
}

/**
 * Looks at the secret until it is ACTIVE, which every change requires and, strangely, listing its versions, too.
 *
 * @throws VaultBusyError when it is still CREATING or UPDATING after 30 s
 * @throws VaultRefusedError in a state that does not end by itself, such as PENDING_DELETION
 */
export async function awaitActive<Seen extends { readonly secret: OciSecretState }>(
  mirror: { readonly name: string; readonly clock: Clock },
  look: () => Promise<Seen>,
): Promise<Seen> {
  const { name: subject, clock } = mirror;
  const endMs = clock.now() + ACTIVE_WAIT_MAX_MS;
  for (let pauseMs = ACTIVE_POLL_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, ACTIVE_POLL_MAX_MS)) {
    const seen = await look();
    const state = requireAlive(seen.secret, subject);
    if (state === 'ACTIVE') return seen;
    if (clock.now() >= endMs) {
      throw new VaultBusyError(`the secret is still ${state} after ${ACTIVE_WAIT_MAX_MS} ms`, {
        subject,
        remedy: 'wait for the retry; if it happens again, see what else changes the secret',
      });
    }
    await clock.sleep(pauseMs);
  }
}

/** @throws VaultRefusedError unless the secret is ACTIVE or will be so by itself */
export function requireAlive(
  { lifecycleState: state }: OciSecretState,
  subject: string,
): 'ACTIVE' | 'CREATING' | 'UPDATING' {
  if (state === 'ACTIVE' || state === 'CREATING' || state === 'UPDATING') return state;
  throw new VaultRefusedError(`the secret is ${state}, not ACTIVE`, {
    subject,
    remedy: 'bring the secret back to ACTIVE; a deletion that is scheduled can be cancelled',
  });
}

/** @throws MirrorManagedElsewhereError when OCI rotates the secret itself, or it is another region's replica */
export function requireOwnSecret(secret: OciSecretState, subject: string): void {
  if (secret.isReplica === true) {
    throw new MirrorManagedElsewhereError('the secret is a replica, which cannot be written', {
      subject,
      remedy: 'name the secret in its source region',
    });
  }
  const status = secret.rotationStatus ?? 'NOT_ENABLED';
  if (status === 'NOT_ENABLED' && secret.rotationConfig?.isScheduledRotationEnabled !== true)
    return;
  throw new MirrorManagedElsewhereError(`OCI rotates the secret itself (${status})`, {
    subject,
    remedy: "switch the secret's own rotation off in OCI",
  });
}
