import { createPrivateKey, createPublicKey } from 'node:crypto';
import { generateSessionKeys, sessionOf } from '../../lambda/adapters/oci-session.ts';

// 2026-05-28T20:26:40Z; the tokens were encoded by hand.
const NOW_MS = 1_780_000_000_000;
const AN_HOUR = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3ODAwMDM2MDB9.c2ln'; // {"exp":1780003600}
const TEN_HOURS = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3ODAwMzYwMDB9.c2ln'; // {"exp":1780036000}
const TEN_MINUTES = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3ODAwMDA2MDB9.c2ln'; // {"exp":1780000600}
const A_MINUTE = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3ODAwMDAwNjB9.c2ln'; // {"exp":1780000060}
const NO_END = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'; // {"sub":"x"}
const A_TEXT = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOiIxNzgwMDAzNjAwIn0.c2ln'; // {"exp":"1780003600"}

const key = { privateKeyPem: 'the key', nowMs: NOW_MS };

test('is renewed from half of its time on, and not used in its last minute', () => {
  expect(sessionOf(AN_HOUR, key)).toEqual({
    keyId: `ST$${AN_HOUR}`,
    privateKeyPem: 'the key',
    renewFromMs: 1_780_001_800_000,
    endsMs: 1_780_003_540_000,
  });
  expect(sessionOf(TEN_MINUTES, key)).toMatchObject({
    renewFromMs: 1_780_000_300_000,
    endsMs: 1_780_000_540_000,
  });
});

test('is not believed to live longer than an hour', () => {
  expect(sessionOf(TEN_HOURS, key)).toMatchObject({
    renewFromMs: 1_780_001_800_000,
    endsMs: 1_780_003_540_000,
  });
});

test('fails when no time is left but the last minute', () => {
  expect(sessionOf(A_MINUTE, key)).toBe('ended');
  expect(sessionOf(TEN_MINUTES, { ...key, nowMs: NOW_MS + 3_600_000 })).toBe('ended');
});

test.each([NO_END, A_TEXT, 'no token', 'a.b.c', ''])(
  'fails when the token does not say when it ends: %s',
  (token) => {
    expect(sessionOf(token, key)).toBe('without-end');
  },
);

test('has a key pair of its own, of 2048 bits, whose halves belong together', async () => {
  const [one, other] = await Promise.all([generateSessionKeys(), generateSessionKeys()]);

  const publicKey = createPublicKey(createPrivateKey(one.privateKeyPem));
  expect(publicKey.export({ type: 'spki', format: 'der' }).toString('base64')).toBe(
    one.publicKeyBase64,
  );
  expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(other.publicKeyBase64).not.toBe(one.publicKeyBase64);
});
