import { randomInt } from 'node:crypto';
import {
  generatePassword,
  isGeneratedPassword,
} from '../../../lambda/domain/generated-password.ts';
import { Password } from '../../../lambda/domain/password.ts';

const random = { integerBelow: (limit: number) => randomInt(limit) };
/** Gives the numbers of a script, one after the other, again and again. */
const scripted = (numbers: readonly number[]) => {
  let next = 0;
  return { integerBelow: (limit: number) => (numbers[next++ % numbers.length] ?? 0) % limit };
};

describe('a generated password', () => {
  const samples = Array.from({ length: 2_000 }, () => generatePassword('app', random).reveal());

  test('has 30 characters of letters, digits and underscores and begins with a letter', () => {
    expect(samples.filter((text) => !/^[A-Za-z][A-Za-z0-9_]{29}$/.test(text))).toEqual([]);
  });

  test('has at least one upper-case letter, lower-case letter, digit and underscore', () => {
    const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /_/];
    const isComplete = (text: string): boolean => kinds.every((kind) => kind.test(text));
    expect(samples.filter((text) => !isComplete(text))).toEqual([]);
  });

  test('never holds the user name, forwards or backwards, in any case', () => {
    const short = Array.from({ length: 2_000 }, () => generatePassword('Xy', random).reveal());
    expect(short.filter((text) => /xy|yx/i.test(text))).toEqual([]);
  });

  test('never comes twice', () => {
    expect(new Set(samples).size).toBe(2_000);
  });

  // 58,000 characters. Each password must hold an underscore, which a third of all drafts do: 2,480 expected. The
  // other 55,500 fall on 62 characters: 895 each, standard deviation 30. Six deviations either way.
  test('uses every character about equally often, but for the underscore that must be there', () => {
    const counts = new Map<string, number>();
    for (const text of samples) {
      for (const character of text.slice(1)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    const underscores = counts.get('_');
    counts.delete('_');
    const others = [...counts.values()];
    expect(others).toHaveLength(62);
    expect(Math.min(...others)).toBeGreaterThan(715);
    expect(Math.max(...others)).toBeLessThan(1_090);
    expect(underscores).toBeGreaterThan(2_180);
    expect(underscores).toBeLessThan(2_780);
  });

  test('is the draft of the random numbers, letter by letter', () => {
    // 0 → A; 26 → a; 52 → 0; 62 → _
    const text = generatePassword('zz', scripted([0, 26, 52, 62])).reveal();
    expect(text).toBe('Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa');
  });

  test('fails when no draft can do without the user name', () => {
    expect(() => generatePassword('a', scripted([0, 26, 52, 62]))).toThrow(RangeError);
  });
});

describe('what counts as generated', () => {
  test.each([
    ['Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa', true],
    ['0a0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa', false],
    ['Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_A', false],
    ['Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aaa', false],
    ["Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_A'", false],
    ['Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa\n', false],
    ['AaaaAaaaAaaaAaaaAaaaAaaaAaaaAa', false],
  ])('%j: %p', (text, expected) => {
    expect(isGeneratedPassword(new Password(text))).toBe(expected);
  });
});
