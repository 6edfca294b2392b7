import { createSecretKey } from 'node:crypto';
import { fingerprintOfMac, fingerprintText } from '../../lambda/audit/fingerprint.ts';
import { macOf } from '../../lambda/audit/mac.ts';
import { readVectors } from './audit-fixture.ts';

const { keys, fingerprints } = readVectors();

test.each(fingerprints)('the vectors hold the fingerprint $fingerprint', (vector) => {
  const { username, password, keyVersion } = vector;
  const text = fingerprintText({ username, password });
  expect(text).toBe(vector.text);
  const mac = macOf(createSecretKey(keys[keyVersion] ?? '', 'utf8'), text);
  expect(fingerprintOfMac(mac)).toBe(vector.fingerprint);
});

test('fingerprints differ by user, by password and by key version', () => {
  expect(new Set(fingerprints.map(({ fingerprint }) => fingerprint)).size).toBe(5);
});

test('a name that runs into the password has a fingerprint of its own', () => {
  const one = fingerprintText({ username: 'app","username":"x', password: 'first' });
  const other = fingerprintText({ username: 'app', password: 'first","username":"x' });
  expect(one).not.toBe(other);
});

test('the text of a fingerprint can never be the text of an entry', () => {
  const text = fingerprintText({ username: 'app', password: 'first-password' });
  expect(text.startsWith('lockstep/fingerprint/v1\n')).toBe(true);
});
