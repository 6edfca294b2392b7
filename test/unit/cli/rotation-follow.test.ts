import { expect, test } from '@jest/globals';
import { statusOf, type Seen } from '../../../cli/rotation-follow.ts';
import type { SecretState } from '../../../cli/secret-state.ts';

const BEFORE: SecretState = {
  currentId: 'old',
  pendingId: 'new',
  keepsPending: false,
  rotatedMs: 1_000,
};
const SEEN: Seen = {
  rotation: { versionId: 'new', rotatedBeforeMs: 1_000 },
  currentForMs: 0,
  isFailing: false,
};
const PROMOTED: SecretState = { ...BEFORE, currentId: 'new', pendingId: undefined };

test.each<[string, SecretState, Partial<Seen>, string]>([
  ['AWSPENDING is on its version', BEFORE, {}, 'under-way'],
  ['AWSCURRENT is, and AWSPENDING nowhere', PROMOTED, {}, 'succeeded'],
  [
    'both are, and a rotation has ended since',
    { ...PROMOTED, keepsPending: true, rotatedMs: 2_000 },
    {},
    'succeeded',
  ],
  [
    'both are, for a moment',
    { ...PROMOTED, keepsPending: true },
    { currentForMs: 500 },
    'under-way',
  ],
  ['both stay', { ...PROMOTED, keepsPending: true }, { currentForMs: 10_001 }, 'succeeded'],
  [
    'both stay after a failure that moved AWSCURRENT',
    { ...PROMOTED, keepsPending: true },
    { currentForMs: 10_001, isFailing: true },
    'under-way',
  ],
  ['neither is', { ...BEFORE, pendingId: undefined }, {}, 'abandoned'],
  ['another rotation has begun', { ...BEFORE, pendingId: 'newer' }, {}, 'abandoned'],
])('a rotation where %s', (_where, state, seen, status) => {
  expect(statusOf(state, { ...SEEN, ...seen })).toBe(status);
});
