import { pbkdf2Sync } from 'node:crypto';
import type { KeyValue } from '../ttc/ttc-writer.ts';
import { decrypt, hex, unhex } from './aes.ts';
import { SessionCipher } from './session-cipher.ts';
import type { RandomBytes, TwelveCVerifier } from './twelve-c-verifier.ts';

/** Says "12c verifier" as the flags of AUTH_VFR_DATA. */
const TWELVE_C = 0x4815;
const SESSION_KEY_BYTES = 32;
const SESSION_KEY_SALT_BYTES = 16;
const SESSION_KEY_ROUNDS = 3;
const DERIVED_KEY_BYTES = 64;

/** How the client is to derive a key from the password: as a verifier was made. */
export type Derivation = Pick<TwelveCVerifier, 'salt' | 'rounds'>;

/** A client that has shown that it knows the password of a verifier. */
export interface OpenedLogon {
  readonly cipher: SessionCipher;
  readonly password: string;
}

/**
 * The server's half of the key exchange of one logon (O5LOGON).
 *
 * What goes out depends on the salt and the rounds, not on a password, so that one challenge suits every verifier of that
 * salt: the server finds out which one the client meant by trying each.
 */
export class LogonChallenge {
  readonly #derivation: Derivation;
  readonly #sessionKey: Buffer;
  readonly #sessionKeySalt: Buffer;

  constructor(derivation: Derivation, randomBytes: RandomBytes) {
    this.#derivation = derivation;
    this.#sessionKey = randomBytes(SESSION_KEY_BYTES);
    this.#sessionKeySalt = randomBytes(SESSION_KEY_SALT_BYTES);
  }

  /** What the client is told. */
  pairs(): KeyValue[] {
    const { salt, rounds } = this.#derivation;
    return [
      { key: 'AUTH_SESSKEY', value: hex(this.#sessionKey), flags: 1 },
      { key: 'AUTH_VFR_DATA', value: hex(salt), flags: TWELVE_C },
      { key: 'AUTH_PBKDF2_CSK_SALT', value: hex(this.#sessionKeySalt) },
      { key: 'AUTH_PBKDF2_VGEN_COUNT', value: String(rounds) },
      { key: 'AUTH_PBKDF2_SDER_COUNT', value: String(SESSION_KEY_ROUNDS) },
    ];
  }

  /**
   * Reads the client's answer in the light of a verifier. Undefined when the client does not know its password: then
   * all that comes out is noise, and nothing else is learnt.
   *
   * @throws MalformedError when no client would answer so
   */
  open(verifier: TwelveCVerifier, answer: ReadonlyMap<string, string>): OpenedLogon | undefined {
    const ours = decrypt(verifier.key, this.#sessionKey);
    const theirs = decrypt(verifier.key, unhex(answer.get('AUTH_SESSKEY'), SESSION_KEY_BYTES));
    const cipher = new SessionCipher(
      pbkdf2Sync(
        hex(Buffer.concat([theirs, ours])),
        this.#sessionKeySalt,
        SESSION_KEY_ROUNDS,
        SESSION_KEY_BYTES,
        'sha512',
      ),
    );
    const derivedKey = cipher.decryptKey(answer.get('AUTH_PBKDF2_SPEEDY_KEY'), DERIVED_KEY_BYTES);
    if (!verifier.isOpenedBy(derivedKey)) return undefined;
    const password = cipher.decryptPassword(answer.get('AUTH_PASSWORD'));
    return verifier.matches(password) ? { cipher, password } : undefined;
  }
}
