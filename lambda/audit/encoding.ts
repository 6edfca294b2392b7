import canonicalize from 'canonicalize';
import { checkEntry, EntryFormatError, type Entry, type UnsignedEntry } from './entry.ts';

/** Stands before every signed entry, so that a MAC made for another purpose is never taken for an entry's. */
const LABEL = 'lockstep/audit/v1\n';

/** Canonical JSON (RFC 8785): one text for one value, whatever wrote it. */
export function canonicalText(value: Readonly<Record<string, unknown>>): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('expected an object that JSON can hold');
  return text;
}

/** What the MAC of an entry covers: the label, then the canonical JSON of all its fields but `mac`. */
export function signedText(entry: UnsignedEntry | Entry): string {
  return `${LABEL}${canonicalText({ ...entry, mac: undefined })}`;
}

/**
 * The text that is stored: the canonical JSON of the whole entry, and a line feed.
 *
 * @throws EntryFormatError when `decodeEntry` would refuse it
 */
export function encodeEntry(entry: Entry): string {
  return `${canonicalText({ ...checkEntry(entry) })}\n`;
}

/**
 * Reads what `encodeEntry` wrote, and nothing else: another order of the keys, a space, a key given twice are refused.
 * Whether the entry is authentic is for its MAC to say.
 *
 * @throws EntryFormatError when the text is not an entry, or not in canonical form
 */
export function decodeEntry(body: string): Entry {
  const entry = checkEntry(parseJson(body));
  if (encodeEntry(entry) !== body) {
    throw new EntryFormatError('the entry is not in canonical form');
  }
  return entry;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new EntryFormatError('the entry is not valid JSON');
  }
}
