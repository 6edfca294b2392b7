import { ConfigurationError } from '../../../lambda/domain/errors.ts';
import { areOfOneRotation, nextUsername, type Strategy } from '../../../lambda/domain/strategy.ts';

const SINGLE: Strategy = { kind: 'single-user' };
const ALTERNATING: Strategy = { kind: 'alternating-users', users: ['app_a', 'app_b'] };

describe('the user of the next version', () => {
  test('is the same where there is one user', () => {
    expect(nextUsername(SINGLE, 'app')).toBe('app');
  });

  test('is the other one where two alternate', () => {
    expect(nextUsername(ALTERNATING, 'app_a')).toBe('app_b');
    expect(nextUsername(ALTERNATING, 'app_b')).toBe('app_a');
  });

  test('fails when AWSCURRENT holds neither of the two', () => {
    expect(() => nextUsername(ALTERNATING, 'app')).toThrow(ConfigurationError);
    expect(() => nextUsername(ALTERNATING, 'app')).toThrow(
      'AWSCURRENT holds neither app_a nor app_b',
    );
  });
});

describe('two versions are of one rotation', () => {
  test.each([
    [SINGLE, 'app', 'app', true],
    [SINGLE, 'app', 'other', false],
    [ALTERNATING, 'app_a', 'app_a', true],
    [ALTERNATING, 'app_a', 'app_b', true],
    [ALTERNATING, 'app_a', 'other', false],
  ])('%j: %s and %s: %s', (strategy, one, other, expected) => {
    expect(areOfOneRotation(strategy, one, other)).toBe(expected);
  });
});
