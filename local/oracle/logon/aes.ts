import { createCipheriv, createDecipheriv } from 'node:crypto';
import { MalformedError } from '../malformed-error.ts';

const BLOCK_BYTES = 16;

/** AES-256-CBC without an IV and without padding, as all of the logon uses it. */
export function encrypt(key: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(BLOCK_BYTES)).setAutoPadding(
    false,
  );
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** The opposite of `encrypt`. */
export function decrypt(key: Buffer, encrypted: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(BLOCK_BYTES));
  return Buffer.concat([cipher.setAutoPadding(false).update(encrypted), cipher.final()]);
}

/** Upper-case hexadecimal: the case counts where the text itself is hashed. */
export function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}

/** @throws MalformedError when the text is not the hexadecimal of whole AES blocks, or not of `length` bytes */
export function unhex(text: string | undefined, length?: number): Buffer {
  const bytes = Buffer.from(text ?? '', 'hex');
  const isWhole = bytes.length > 0 && bytes.length * 2 === text?.length;
  if (!isWhole || bytes.length % BLOCK_BYTES !== 0 || bytes.length !== (length ?? bytes.length)) {
    throw new MalformedError('a value of the logon is not of the expected length');
  }
  return bytes;
}

/** Takes PKCS#7 padding off. @throws MalformedError when there is none */
export function unpad(padded: Buffer): Buffer {
  const count = padded.at(-1) ?? 0;
  const padding = padded.subarray(padded.length - count);
  if (count < 1 || count > BLOCK_BYTES || padding.some((byte) => byte !== count)) {
    throw new MalformedError('a password of the logon is not padded');
  }
  return padded.subarray(0, padded.length - count);
}
