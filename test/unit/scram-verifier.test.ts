import { createHmac } from 'node:crypto';
import { scramVerifier } from '../../lambda/adapters/scram-verifier.ts';

const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

test('gives the verifier of the exchange that RFC 7677 prints', () => {
  const verifier = scramVerifier({ password: 'pencil', salt: SALT, iterations: 4096 });
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('its ServerKey signs the exchange of RFC 7677 as the RFC prints it', () => {
  const verifier = scramVerifier({ password: 'pencil', salt: SALT, iterations: 4096 });
  const serverKey = Buffer.from(verifier.slice(verifier.lastIndexOf(':') + 1), 'base64');
  const exchange = [
    'n=user,r=rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  ].join(',');
  const signature = createHmac('sha256', serverKey).update(exchange).digest('base64');
  expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('prepares a password that a person chose as RFC 4013 wants it', () => {
  // U+2168 ROMAN NUMERAL NINE becomes IX, U+00AD SOFT HYPHEN nothing, U+00A0 NO-BREAK SPACE a space.
  const chosen = scramVerifier({
    password: '\u2168\u00AD pen\u00A0cil',
    salt: SALT,
    iterations: 4096,
  });
  const plain = scramVerifier({ password: 'IX pen cil', salt: SALT, iterations: 4096 });
  expect(chosen).toBe(plain);
});

test('takes a password as it is where RFC 4013 forbids it, as PostgreSQL does', () => {
  const verifier = scramVerifier({ password: 'pen\u0007cil', salt: SALT, iterations: 4096 });
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$/);
  expect(verifier).not.toContain('WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=');
});

test('fails when the salt is too short', () => {
  expect(() =>
    scramVerifier({ password: 'pencil', salt: SALT.subarray(1), iterations: 4096 }),
  ).toThrow('a salt has 16 bytes');
});

test.each([4095, 100_001, Number.NaN, 4096.5])(
  'fails when asked for %d iterations',
  (iterations) => {
    expect(() => scramVerifier({ password: 'pencil', salt: SALT, iterations })).toThrow(
      'iterations are from 4096 to 100000',
    );
  },
);
