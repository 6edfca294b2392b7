import { createSecretKey } from 'node:crypto';
import { decodeEntry, encodeEntry, signedText } from '../../lambda/audit/encoding.ts';
import { EntryFormatError, type Entry } from '../../lambda/audit/entry.ts';
import { isMacOf, macOf } from '../../lambda/audit/mac.ts';
import { readVectors } from './audit-fixture.ts';

const { keys, entries } = readVectors();
const [first] = entries;
if (first === undefined) throw new Error('expected a vector');
const { entry, body } = first;

const keyOf = (version: string): ReturnType<typeof createSecretKey> =>
  createSecretKey(keys[version] ?? '', 'utf8');
const bodyWith = (from: string, to: string): string => {
  expect(body.split(from)).toHaveLength(2);
  return body.replace(from, () => to);
};

describe('the vectors', () => {
  test.each(entries)('hold the text that entry $entry.sequence signs', (vector) => {
    expect(signedText(vector.entry)).toBe(vector.signedText);
  });

  test.each(entries)('hold the MAC of entry $entry.sequence', (vector) => {
    const key = keyOf(vector.entry.keyVersion);
    expect(macOf(key, signedText(vector.entry))).toBe(vector.entry.mac);
    expect(isMacOf(key, { message: vector.signedText, mac: vector.entry.mac })).toBe(true);
  });

  test.each(entries)('hold the body of entry $entry.sequence', (vector) => {
    expect(encodeEntry(vector.entry)).toBe(vector.body);
    expect(decodeEntry(vector.body)).toEqual(vector.entry);
  });
});

describe('the MAC', () => {
  test('fails when any single bit of it is flipped', () => {
    const key = keyOf('ssm:1');
    const flipped = Array.from({ length: 256 }, (_, bit) => {
      const bytes = Buffer.from(entry.mac, 'hex');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return bytes.toString('hex');
    });
    expect(new Set(flipped).size).toBe(256);
    for (const mac of flipped) {
      expect(isMacOf(key, { message: signedText(entry), mac })).toBe(false);
    }
  });

  test.each([
    ['upper case', entry.mac.toUpperCase()],
    ['cut off', entry.mac.slice(0, 62)],
    ['followed by more', `${entry.mac}00`],
    ['empty', ''],
  ])('fails when it is %s', (_, mac) => {
    expect(isMacOf(keyOf('ssm:1'), { message: signedText(entry), mac })).toBe(false);
  });

  test.each([
    ['sequence', 2],
    ['previous', 'a'.repeat(64)],
    ['time', '2026-11-20T10:00:00.001Z'],
    ['rotation', 'invoices'],
    ['secretArn', 'arn:other'],
    ['versionId', 'another'],
    ['step', 'setSecret'],
    ['requestId', 'request-9'],
    ['functionVersion', '8'],
    ['event', 'promoted'],
    ['subject', 'orders-adb'],
    ['error', 'AuditError'],
    ['fingerprint', 'b'.repeat(32)],
    ['keyVersion', 'ssm:2'],
  ] satisfies [keyof Entry, unknown][])('covers the field %s', (field, value) => {
    const altered = { ...entry, [field]: value };
    const message = signedText(altered);
    expect(isMacOf(keyOf('ssm:1'), { message, mac: entry.mac })).toBe(false);
  });
});

describe('reading an entry', () => {
  test.each([
    ['is not JSON', () => '{"v":1'],
    ['is empty', () => ''],
    ['is no object', () => '[]\n'],
    ['lacks the line feed', () => body.trimEnd()],
    ['holds a space', () => bodyWith('"v":1', '"v": 1')],
    ['writes a number another way', () => bodyWith('"v":1', '"v":1.0')],
    ['escapes a letter', () => bodyWith('"staged"', '"\\u0073taged"')],
    ['gives a key twice', () => bodyWith('"v":1', '"v":1,"v":1')],
    ['has its keys in another order', () => `${JSON.stringify(entry)}\n`],
    ['has an unknown key', () => bodyWith('"v":1', '"v":1,"w":1')],
    ['is of version 2', () => bodyWith('"v":1', '"v":2')],
    ['lacks its subject', () => bodyWith('"subject":"secrets-manager",', '')],
    ['has an empty subject', () => bodyWith('"subject":"secrets-manager"', '"subject":""')],
    ['has a number for its subject', () => bodyWith('"subject":"secrets-manager"', '"subject":1')],
    ['has half a character', () => bodyWith('"secrets-manager"', '"\\ud800"')],
    ['has the sequence 0', () => bodyWith('"sequence":1', '"sequence":0')],
    ['has a broken sequence', () => bodyWith('"sequence":1', '"sequence":1.5')],
    ['follows genesis and is not the first', () => bodyWith('"sequence":1', '"sequence":2')],
    ['has no time', () => bodyWith('2026-11-20T10:00:00.000Z', '2026-02-30T10:00:00.000Z')],
    ['has a time elsewhere', () => bodyWith('10:00:00.000Z', '10:00:00.000+01:00')],
    ['has a MAC in upper case', () => bodyWith(entry.mac, entry.mac.toUpperCase())],
    ['has a null where nothing belongs', () => bodyWith('"event"', '"error":null,"event"')],
  ])('fails when it %s', (_, makeBody) => {
    expect(() => decodeEntry(makeBody())).toThrow(EntryFormatError);
  });

  test('takes an event that a newer version of the function may know', () => {
    const newer = bodyWith('"event":"staged"', '"event":"drift-found"');
    expect(decodeEntry(newer)).toMatchObject({ event: 'drift-found' });
  });

  test('names the place and not the value in its refusal', () => {
    const bad = bodyWith('"secrets-manager"', '{"inner":"the-value"}');
    expect(() => decodeEntry(bad)).toThrow(
      /^subject: Invalid input: expected string, received object$/,
    );
  });
});

test('writing an entry fails when reading it would', () => {
  expect(() => encodeEntry({ ...entry, subject: '' })).toThrow(/subject/);
  expect(() => encodeEntry({ ...entry, subject: 'x'.repeat(2_049) })).toThrow(/subject/);
});
