import { decrypt, encrypt, hex, unhex, unpad } from './aes.ts';
import type { RandomBytes } from './twelve-c-verifier.ts';

/** Random bytes that stand before everything that is encrypted. */
const PREFIX_BYTES = 16;

/** The key that client and server agreed on, for as long as the session lasts. */
export class SessionCipher {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A key that the client sent. @throws MalformedError when it is not of that length */
  decryptKey(encrypted: string | undefined, length: number): Buffer {
    return decrypt(this.#key, unhex(encrypted, PREFIX_BYTES + length)).subarray(PREFIX_BYTES);
  }

  /** AUTH_PASSWORD or AUTH_NEWPASSWORD in clear. @throws MalformedError when it is not encrypted under this key */
  decryptPassword(encrypted: string | undefined): string {
    return unpad(decrypt(this.#key, unhex(encrypted)))
      .subarray(PREFIX_BYTES)
      .toString();
  }

  /** AUTH_SVR_RESPONSE: tells the client that the server knows the password too. */
  proof(randomBytes: RandomBytes): string {
    const plain = Buffer.concat([randomBytes(PREFIX_BYTES), Buffer.from('SERVER_TO_CLIENT')]);
    return hex(encrypt(this.#key, plain));
  }
}
