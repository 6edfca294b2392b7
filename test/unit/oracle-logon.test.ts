import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto';
import { FaultPlan } from '../../local/faults.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { TRAITS } from '../../local/oracle/dialects.ts';
import { Journal } from '../../local/oracle/journal.ts';
import { Authentication } from '../../local/oracle/logon/authentication.ts';
import { TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import type { SqlRow } from '../../local/oracle/sql/sql-value.ts';

const ONE = 'Example_Passw0rd_one';
const TWO = 'Example_Passw0rd_two';
const HALF = Buffer.alloc(32, 'the half of the session key');
const PREFIX = Buffer.alloc(16, 'sixteen bytes 16');

let accounts: Accounts<TwelveCVerifier>;
let journal: Journal;
let authentication: Authentication;

beforeEach(() => {
  accounts = new Accounts({ now: () => 0, makeVerifier: TwelveCVerifier.maker() });
  accounts.createUser({ name: 'APP', password: ONE });
  journal = new Journal();
  authentication = new Authentication({
    traits: TRAITS['23ai'],
    accounts,
    faults: new FaultPlan(),
    journal,
    randomBytes: (size) => Buffer.alloc(size, 'sixteen bytes 16'),
    serviceName: 'app_tp',
    protocol: 'tcps',
    answers: new Map<string, readonly SqlRow[]>(),
    decoyKey: Buffer.alloc(32, 'decoy'),
  });
});

function aes(key: Buffer, text: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(text), cipher.final()])
    .toString('hex')
    .toUpperCase();
}

function challenge(username: string): Map<string, string> {
  const pairs = authentication.challenge({ username, isSpecial: false, pairs: new Map() });
  return new Map(pairs.map(({ key, value }) => [key, value]));
}

function padded(text: string): Buffer {
  const bytes = Buffer.concat([PREFIX, Buffer.from(text)]);
  const count = 16 - (bytes.length % 16);
  return Buffer.concat([bytes, Buffer.alloc(count, count)]);
}

/** The client's half of the exchange, as the protocol describes it. */
function answer(
  asked: ReadonlyMap<string, string>,
  { password, encrypted = padded(password) }: { password: string; encrypted?: Buffer },
): Map<string, string> {
  const salt = Buffer.from(asked.get('AUTH_VFR_DATA') ?? '', 'hex');
  const label = Buffer.concat([salt, Buffer.from('AUTH_PBKDF2_SPEEDY_KEY')]);
  const derived = pbkdf2Sync(password, label, 4096, 64, 'sha512');
  const key = createHash('sha512').update(derived).update(salt).digest().subarray(0, 32);
  const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  const theirs = decipher.update(asked.get('AUTH_SESSKEY') ?? '', 'hex');
  const halves = Buffer.concat([HALF, theirs]).toString('hex').toUpperCase();
  const mixing = Buffer.from(asked.get('AUTH_PBKDF2_CSK_SALT') ?? '', 'hex');
  const combo = pbkdf2Sync(halves, mixing, 3, 32, 'sha512');
  return new Map([
    ['AUTH_SESSKEY', aes(key, HALF)],
    ['AUTH_PBKDF2_SPEEDY_KEY', aes(combo, Buffer.concat([PREFIX, derived]))],
    ['AUTH_PASSWORD', aes(combo, encrypted)],
  ]);
}

function complete(pairs: ReadonlyMap<string, string>, username = 'app'): string {
  return authentication.complete({ username, isSpecial: false, pairs }).login.verifier;
}

test('a client that knows the password is let in', () => {
  expect(complete(answer(challenge('app'), { password: ONE }))).toBe('12C');
  expect(authentication.user).toBe('APP');
});

test('fails with ORA-01017 for a client that knows another one', () => {
  expect(() => complete(answer(challenge('app'), { password: TWO }))).toThrow('ORA-01017');
  expect(authentication.user).toBeUndefined();
});

test('fails with ORA-01017 when the password beside the right key is another one', () => {
  const pairs = answer(challenge('app'), { password: ONE, encrypted: padded(TWO) });
  expect(() => complete(pairs)).toThrow('ORA-01017');
});

test.each([
  ['is padded too short', Buffer.alloc(32, 17)],
  ['is padded with other bytes', Buffer.from([...Buffer.alloc(30), 1, 2])],
  ['is padded with nothing', Buffer.alloc(32)],
])('fails to decode a password that %s', (_, encrypted) => {
  const pairs = answer(challenge('app'), { password: ONE, encrypted });
  expect(() => complete(pairs)).toThrow('a password of the logon is not padded');
});

test.each([
  ['AUTH_SESSKEY', ''],
  ['AUTH_SESSKEY', 'AB'.repeat(48)],
  ['AUTH_SESSKEY', `${'AB'.repeat(31)}XY`],
  ['AUTH_PBKDF2_SPEEDY_KEY', 'AB'.repeat(64)],
  ['AUTH_PASSWORD', 'AB'.repeat(33)],
])('fails to decode a value of another length: %s %s', (key, value) => {
  const pairs = answer(challenge('app'), { password: ONE }).set(key, value);
  expect(() => complete(pairs)).toThrow('a value of the logon is not of the expected length');
});

test('fails when the second half is for another user, or comes twice', () => {
  const pairs = answer(challenge('app'), { password: ONE });
  expect(() => complete(pairs, 'boss')).toThrow('the logon was not begun for this user');
  complete(pairs);
  expect(() => complete(pairs)).toThrow('the logon was not begun for this user');
});

test('a user that does not exist is shown a salt like any other, and always the same', () => {
  const salts = ['nobody', 'nobody', 'noone'].map((user) => challenge(user).get('AUTH_VFR_DATA'));

  expect(salts[0]).toMatch(/^[0-9A-F]{32}$/);
  expect(salts[1]).toBe(salts[0]);
  expect(salts[2]).not.toBe(salts[0]);
  const pairs = answer(challenge('nobody'), { password: ONE });
  expect(() => complete(pairs, 'nobody')).toThrow('ORA-01017');
  expect(accounts.refusedLogins('NOBODY')).toBe(1);
});
