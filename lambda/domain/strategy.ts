import { ConfigurationError } from './errors.ts';

/** Whose password the next version of the secret changes. */
export type Strategy =
  | { readonly kind: 'single-user' }
  /** Two users with the same rights. The next version is always the other one's. */
  | { readonly kind: 'alternating-users'; readonly users: readonly [string, string] };

/**
 * The user of the version that comes after the given one.
 *
 * @throws ConfigurationError when users alternate and AWSCURRENT holds neither of them
 */
export function nextUsername(strategy: Strategy, current: string): string {
  if (strategy.kind === 'single-user') return current;
  const [one, other] = strategy.users;
  if (current === one) return other;
  if (current === other) return one;
  throw new ConfigurationError(`AWSCURRENT holds neither ${one} nor ${other}`, {
    remedy: 'check "users" in rotations.json, or store the credential of one of them in the secret',
  });
}

/** Whether versions of both users belong to the rotation of the given one. */
export function areOfOneRotation(strategy: Strategy, one: string, other: string): boolean {
  if (one === other) return true;
  return strategy.kind === 'alternating-users' && nextUsername(strategy, one) === other;
}
