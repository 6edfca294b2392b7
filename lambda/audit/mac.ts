import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** HMAC-SHA256 of the UTF-8 bytes of `message`, in lower-case hex. */
export function macOf(key: KeyObject, message: string): string {
  return createHmac('sha256', key).update(message, 'utf8').digest('hex');
}

/** Whether `mac` is the one and only spelling of the MAC of `message`. Takes as long whatever digit is wrong. */
export function isMacOf(key: KeyObject, claim: { message: string; mac: string }): boolean {
  const expected = Buffer.from(macOf(key, claim.message), 'utf8');
  const given = Buffer.from(claim.mac, 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
