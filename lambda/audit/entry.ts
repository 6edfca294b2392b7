import * as z from 'zod';

/** 12 digits: at 100 entries a second, 317 years. */
export const SEQUENCE_MAX = 999_999_999_999;
/** What the first entry carries in place of the MAC of the one before. */
export const GENESIS = 'lockstep/audit/v1/genesis';
const TEXT_LENGTH_MAX = 2_048;

/** One entry of the audit trail, as it is stored. */
export interface Entry {
  readonly v: 1;
  /** 1 for the first entry; every entry has one more than the one before. */
  readonly sequence: number;
  /** The MAC of the entry before, or `GENESIS` in the first. */
  readonly previous: string;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly time: string;
  readonly rotation: string;
  readonly secretArn: string;
  readonly versionId: string;
  readonly step: string;
  /** Who: the invocation and the version of the function. */
  readonly requestId: string;
  readonly functionVersion: string;
  /** What happened, outcome included: `changed`, `change-failed`. */
  readonly event: string;
  /** The database or vault it happened to. */
  readonly subject: string;
  /** The name of the error, where the event is a failure. */
  readonly error?: string;
  /** Keyed fingerprint of the credential, 32 hex digits, made with the key version of the entry. */
  readonly fingerprint?: string;
  /** The version of the key that made the MAC. */
  readonly keyVersion: string;
  /** HMAC-SHA256 over the entry without this field, 64 hex digits. */
  readonly mac: string;
}

export type UnsignedEntry = Omit<Entry, 'mac'>;

/** A text is not an entry of version 1. The message names each place, never a value. */
export class EntryFormatError extends Error {
  override readonly name = 'EntryFormatError';
}

// A lone surrogate has no UTF-8 form: two texts that differ in one would have the same bytes, hence the same MAC.
const Text = z
  .string()
  .min(1)
  .max(TEXT_LENGTH_MAX)
  .refine((text) => !/\p{Surrogate}/u.test(text), 'text that has a UTF-8 form');
// Not a list of the words known today: an older function or command line must still read what a newer one wrote.
const Word = z.string().regex(/^[A-Za-z][A-Za-z-]{0,63}$/, 'a word of letters and hyphens');
const Hex = (digits: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} lower-case hex digits`);
const Time = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'a time in UTC with milliseconds')
  .refine((text) => isTime(text), 'a time that exists');

const EntrySchema = z
  .strictObject({
    v: z.literal(1),
    sequence: z.int().min(1).max(SEQUENCE_MAX),
    previous: z.union([z.literal(GENESIS), Hex(64)]),
    time: Time,
    rotation: Text,
    secretArn: Text,
    versionId: Text,
    step: Word,
    requestId: Text,
    functionVersion: Text,
    event: Word,
    subject: Text,
    error: z.exactOptional(Text),
    fingerprint: z.exactOptional(Hex(32)),
    keyVersion: Text,
    mac: Hex(64),
  })
  .refine(
    ({ sequence, previous }) => (sequence === 1) === (previous === GENESIS),
    'the first entry, and no other, must follow genesis',
  );

/** @throws EntryFormatError when a field is missing, unknown, or not what it should be */
export function checkEntry(value: unknown): Entry {
  const result = EntrySchema.safeParse(value);
  if (result.success) return result.data;
  const places = result.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'the entry'}: ${message}`,
  );
  throw new EntryFormatError(places.join('; '));
}

function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
