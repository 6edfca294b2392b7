import { entriesPrefix, objectKey, sequenceOfKey } from '../../lambda/audit/object-key.ts';
import { readVectors } from './audit-fixture.ts';

test.each(readVectors().entries)('the vectors hold the key $objectKey', (vector) => {
  expect(objectKey('orders/', vector.entry.sequence)).toBe(vector.objectKey);
  expect(sequenceOfKey('orders/', vector.objectKey)).toBe(vector.entry.sequence);
});

test('the newest entry is listed first, however many digits its sequence has', () => {
  const keys = [9, 10, 99, 100, 1, 999_999_999_999].map((sequence) => objectKey('a/', sequence));
  expect(keys.sort()).toEqual([
    'a/entries/000000000000',
    'a/entries/999999999899',
    'a/entries/999999999900',
    'a/entries/999999999989',
    'a/entries/999999999990',
    'a/entries/999999999998',
  ]);
});

test.each([0, -1, 1.5, 1_000_000_000_000, NaN])('fails when the sequence is %d', (sequence) => {
  expect(() => objectKey('a/', sequence)).toThrow(RangeError);
});

test.each([
  ['lies elsewhere', 'b/entries/999999999998'],
  ['has too few digits', 'a/entries/99999999998'],
  ['has too many digits', 'a/entries/9999999999980'],
  ['has a name behind it', 'a/entries/999999999998.json'],
  ['stands for the sequence 0', 'a/entries/999999999999'],
  ['is the folder itself', 'a/entries/'],
])('finds no sequence in a key that %s', (_, key) => {
  expect(sequenceOfKey('a/', key)).toBeUndefined();
});

test('all keys of a trail begin with its entries folder', () => {
  expect(entriesPrefix('orders/')).toBe('orders/entries/');
});
