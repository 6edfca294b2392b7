import { GENESIS_LINK, type ChainLink } from '../audit/chain-link.ts';
import { decodeEntry, signedText } from '../audit/encoding.ts';
import { EntryFormatError, type Entry } from '../audit/entry.ts';
import { entriesPrefix, sequenceOfKey } from '../audit/object-key.ts';
import { AuditError } from '../domain/errors.ts';
import type { AuditKey } from '../ports/audit-key.ts';
import type { AuditStore } from '../ports/audit-store.ts';

/** Where a trail is kept and what signs it. */
export interface TrailPlace {
  readonly store: AuditStore;
  readonly key: AuditKey;
  /** Of the trail, ending in `/`. */
  readonly prefix: string;
}

/**
 * The newest entry of a trail, to be linked to, or genesis where there is none.
 *
 * @throws AuditError when it cannot be read, or is not authentic: what is linked to a forged entry would bear it out
 * @throws ConfigurationError when the key does not fit
 */
export async function readTip(
  place: TrailPlace & { readonly rotation: string },
): Promise<ChainLink> {
  const [newest] = await place.store.keys({ prefix: entriesPrefix(place.prefix), limit: 1 });
  if (newest === undefined) return GENESIS_LINK;
  const object = await place.store.read(newest);
  if (object === undefined) throw unusable(newest, 'is listed and cannot be found');
  const entry = decode(object);
  const { sequence, mac, keyVersion, rotation } = entry;
  if (sequenceOfKey(place.prefix, newest) !== sequence) {
    throw unusable(newest, 'holds an entry of another sequence');
  }
  const verdict = await place.key.verify(signedText(entry), { value: mac, keyVersion });
  if (verdict === 'forged') throw unusable(newest, 'has a MAC that does not belong to it');
  if (verdict === 'unknown-key') {
    throw unusable(
      newest,
      `names the key version ${keyVersion}, which is not known`,
      'name the key that signed it in audit.formerKeys; where there was none such, find out who wrote this object',
    );
  }
  if (rotation !== place.rotation) {
    throw unusable(newest, `was made by the rotation ${rotation}`);
  }
  return { sequence, mac };
}

function decode({ key, body }: { readonly key: string; readonly body: string }): Entry {
  try {
    return decodeEntry(body);
  } catch (error) {
    if (!(error instanceof EntryFormatError)) throw error;
    throw unusable(key, `is no entry: ${error.message}`);
  }
}

function unusable(
  key: string,
  finding: string,
  remedy = 'find out who wrote this object',
): AuditError {
  return new AuditError(`the newest entry ${finding}, so nothing can be linked to it`, {
    subject: key,
    remedy,
  });
}
