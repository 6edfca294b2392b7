import { Password } from './password.ts';

/** A source of uniform random integers; `integerBelow(n)` gives one of 0 … n-1. */
export interface Random {
  integerBelow(limit: number): number;
}

/** 30 characters: Oracle takes 30 bytes up to 21c, Autonomous Database takes 12 to 30. */
export const PASSWORD_LENGTH = 30;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHABET = `${LETTERS}0123456789_`;
/** About 37 of 100 drafts hold every class; 1,000 refusals in a row mean a broken random source or a user name such as "a". */
const DRAFTS_MAX = 1_000;

/**
 * Makes a password of 30 characters of `[A-Za-z0-9_]`: first a letter, at least one upper-case letter, lower-case
 * letter, digit and underscore, and the user name not in it, forwards or backwards, in any case.
 *
 * Whole drafts are thrown away until one fits, so every password that fits is equally likely (177 bits).
 * None of its characters needs escaping in SQL, shells, URLs or connection strings.
 *
 * @throws RangeError when no draft fits, which a user name of one letter can cause
 */
export function generatePassword(username: string, random: Random): Password {
  for (let draft = 1; draft <= DRAFTS_MAX; draft += 1) {
    const text = draftPassword(random);
    if (hasEveryClass(text) && !holdsUsername(text, username)) return new Password(text);
  }
  throw new RangeError(`no password without the user name found in ${DRAFTS_MAX} drafts`);
}

/** Whether the text is one that `generatePassword` could have made for some user, so that it may stand in SQL. */
export function isGeneratedPassword(password: Password): boolean {
  const text = password.reveal();
  return /^[A-Za-z][A-Za-z0-9_]{29}$/.test(text) && hasEveryClass(text);
}

function draftPassword(random: Random): string {
  let text = LETTERS.charAt(random.integerBelow(LETTERS.length));
  while (text.length < PASSWORD_LENGTH) {
    text += ALPHABET.charAt(random.integerBelow(ALPHABET.length));
  }
  return text;
}

function hasEveryClass(text: string): boolean {
  return [/[A-Z]/, /[a-z]/, /[0-9]/, /_/].every((characters) => characters.test(text));
}

function holdsUsername(text: string, username: string): boolean {
  const name = username.toLowerCase();
  const reversed = Array.from(name).reverse().join('');
  const lower = text.toLowerCase();
  return lower.includes(name) || lower.includes(reversed);
}
