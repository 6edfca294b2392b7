import {
  createHash,
  pbkdf2Sync,
  randomBytes as cryptoRandomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { MakeVerifier, Verifier } from '../accounts/verifier.ts';

export type RandomBytes = (size: number) => Buffer;

/** Rounds of the derivation, told to the client as AUTH_PBKDF2_VGEN_COUNT: as many as Oracle's. */
export const VERIFIER_ROUNDS = 4096;
/** For tests that log in thousands of times, with passwords that protect nothing. */
export const FEW_ROUNDS = 64;
const SALT_BYTES = 16;
const DERIVED_KEY_BYTES = 64;
const AES_KEY_BYTES = 32;

/** Oracle's 12c verifier: a salt, and SHA-512 over the key that PBKDF2 derives from the password, and the salt. */
export class TwelveCVerifier implements Verifier {
  readonly salt: Buffer;
  readonly rounds: number;
  readonly #digest: Buffer;
  /** A server forgets it. Deriving takes milliseconds, and a change is compared with every password before it. */
  readonly #password: string;

  private constructor(password: string, salt: Buffer, rounds: number) {
    this.salt = salt;
    this.rounds = rounds;
    this.#digest = digestOf(derive(password, salt, rounds), salt);
    this.#password = password;
  }

  /** How accounts that clients log in to over the network make verifiers. */
  static maker({
    randomBytes = cryptoRandomBytes,
    rounds = VERIFIER_ROUNDS,
  }: {
    readonly randomBytes?: RandomBytes;
    readonly rounds?: number;
  } = {}): MakeVerifier<TwelveCVerifier> {
    return (password, like) =>
      new TwelveCVerifier(password, like?.salt ?? randomBytes(SALT_BYTES), rounds);
  }

  /** The AES key under which both sides send their half of the session key. */
  get key(): Buffer {
    return this.#digest.subarray(0, AES_KEY_BYTES);
  }

  matches(password: string): boolean {
    return password === this.#password;
  }

  /** Whether this is the key that PBKDF2 derives from the password. */
  isOpenedBy(derivedKey: Buffer): boolean {
    return timingSafeEqual(digestOf(derivedKey, this.salt), this.#digest);
  }
}

function derive(password: string, salt: Buffer, rounds: number): Buffer {
  const labelled = Buffer.concat([salt, Buffer.from('AUTH_PBKDF2_SPEEDY_KEY')]);
  return pbkdf2Sync(password, labelled, rounds, DERIVED_KEY_BYTES, 'sha512');
}

function digestOf(derivedKey: Buffer, salt: Buffer): Buffer {
  return createHash('sha512').update(derivedKey).update(salt).digest();
}
