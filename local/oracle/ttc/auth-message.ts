import { MalformedError } from '../malformed-error.ts';
import type { TtcReader } from './ttc-reader.ts';

const PAIRS_MAX = 200;
const MODE_LOGON = 0x1;
const MODE_CHANGE_PASSWORD = 0x2;
const MODE_WITH_PASSWORD = 0x100;

/** Either half of a logon, or a change of password within a session. */
export interface AuthRequest {
  /** As the client typed it. */
  readonly username: string;
  /** Whether it asks for SYSDBA or the like, or brings a token instead of a password. */
  readonly isSpecial: boolean;
  readonly pairs: ReadonlyMap<string, string>;
}

/** Reads what follows the head of functions 118 and 115. */
export function readAuthRequest(reader: TtcReader): AuthRequest {
  const hasUsername = reader.u8() === 1;
  reader.ub();
  const mode = reader.ub();
  reader.skip(1);
  const count = reader.ub();
  reader.skip(2);
  if (count > PAIRS_MAX) throw new MalformedError('the logon has too many values');
  const username = hasUsername ? reader.text() : '';
  const pairs = new Map<string, string>();
  for (let index = 0; index < count; index += 1) pairs.set(...reader.keyValue());
  const ordinary = MODE_LOGON | MODE_CHANGE_PASSWORD | MODE_WITH_PASSWORD;
  return { username, isSpecial: (mode & ~ordinary) !== 0, pairs };
}
