import { MalformedError } from '../malformed-error.ts';
import { readAuthRequest, type AuthRequest } from './auth-message.ts';
import { readBindType, type BindType } from './bind-values.ts';
import { FIELD_VERSION, FUNCTION, MESSAGE, PIGGYBACK } from './message-types.ts';
import type { TtcReader } from './ttc-reader.ts';

const OPTION_EXECUTE = 0x20;
const OPTION_FETCH = 0x40;
const BINDS_MAX = 65_535;

/** A statement to parse and run, or a cursor to run once more in full. */
export interface ExecuteCall {
  readonly kind: 'execute';
  /** 0 for a new statement. */
  readonly cursorId: number;
  readonly sql: string | undefined;
  /** False where only the columns are asked for. */
  readonly isExecuted: boolean;
  /** How many rows are to come with the answer. */
  readonly prefetchRows: number;
  /** Of the values that follow. */
  readonly bindTypes: readonly BindType[];
}

export type Call =
  | ExecuteCall
  | { readonly kind: 'challenge'; readonly request: AuthRequest }
  | { readonly kind: 'authenticate'; readonly request: AuthRequest }
  | { readonly kind: 'reexecute'; readonly cursorId: number; readonly prefetchRows: number }
  | { readonly kind: 'fetch'; readonly cursorId: number; readonly rows: number }
  | { readonly kind: 'commit' | 'rollback' | 'ping' | 'logoff' };

/**
 * Reads the piggybacks in front of a function message.
 *
 * @returns cursors that the client has closed
 */
export function readPiggybacks(reader: TtcReader, fieldVersion: number): number[] {
  const closed: number[] = [];
  while (reader.peek() === MESSAGE.piggyback) {
    const code = readHead(reader, fieldVersion);
    if (code === PIGGYBACK.closeCursors) closed.push(...readCursors(reader));
    else if (code === PIGGYBACK.cancelCursors) readCursors(reader);
    else if (code === PIGGYBACK.endToEndAttributes) readEndToEnd(reader);
    else if (code === PIGGYBACK.setSchema) readHeldText(reader);
    else throw new MalformedError(`piggyback ${code} is not known`);
  }
  return closed;
}

/** Reads a function message, up to the values bound, which are to be read with the types of the cursor. */
export function readCall(reader: TtcReader, fieldVersion: number): Call {
  if (reader.peek() !== MESSAGE.function) throw new MalformedError('expected a function message');
  const code = readHead(reader, fieldVersion);
  switch (code) {
    case FUNCTION.authPhaseOne:
      return { kind: 'challenge', request: readAuthRequest(reader) };
    case FUNCTION.authPhaseTwo:
      return { kind: 'authenticate', request: readAuthRequest(reader) };
    case FUNCTION.execute:
      return readExecute(reader, fieldVersion);
    case FUNCTION.reexecute:
    case FUNCTION.reexecuteAndFetch:
      return readReexecute(reader, code);
    case FUNCTION.fetch:
      return { kind: 'fetch', cursorId: reader.ub(), rows: reader.ub() };
    case FUNCTION.commit:
      return { kind: 'commit' };
    case FUNCTION.rollback:
      return { kind: 'rollback' };
    case FUNCTION.ping:
      return { kind: 'ping' };
    case FUNCTION.logoff:
      return { kind: 'logoff' };
    default:
      throw new MalformedError(`function ${code} is not known`);
  }
}

/** Type, code, sequence number, and since 23.1 a token. */
function readHead(reader: TtcReader, fieldVersion: number): number {
  reader.skip(1);
  const code = reader.u8();
  reader.skip(1);
  if (fieldVersion >= FIELD_VERSION.v23_1_1) reader.ub();
  return code;
}

/** Most of it asks for nothing: places where a client may announce what the driver never sends. */
function readExecute(reader: TtcReader, fieldVersion: number): ExecuteCall {
  const options = reader.ub();
  const cursorId = reader.ub();
  const hasSql = reader.u8() === 1;
  reader.ub();
  const settingCount = readHeldCount(reader);
  reader.skip(3);
  const prefetchRows = reader.ub();
  reader.ub();
  const bindCount = readHeldCount(reader);
  reader.skip(5);
  const defineCount = readHeldCount(reader);
  // Registration of the query for change notification, its upper half further down.
  reader.ub();
  reader.skip(2);
  readHeads(reader, 2);
  reader.ub();
  // Row counts of array DML, the statement's signature and id, chunk ids.
  readHeads(reader, 1);
  reader.skip(1);
  if (fieldVersion >= FIELD_VERSION.v12_2) {
    readHeads(reader, 2);
    reader.skip(1);
  }
  if (fieldVersion >= FIELD_VERSION.v12_2_1) readHeads(reader, 1);
  const sql = hasSql ? reader.text() : undefined;
  reader.skipUb(settingCount);
  for (let index = 0; index < defineCount; index += 1) readBindType(reader, fieldVersion);
  const bindTypes = Array.from({ length: bindCount }, () => readBindType(reader, fieldVersion));
  return {
    kind: 'execute',
    cursorId,
    sql,
    isExecuted: (options & OPTION_EXECUTE) !== 0 || defineCount > 0,
    prefetchRows: (options & OPTION_FETCH) === 0 ? 0 : prefetchRows,
    bindTypes,
  };
}

function readReexecute(reader: TtcReader, code: number): Call {
  const cursorId = reader.ub();
  const iterations = reader.ub();
  reader.skipUb(2);
  const prefetchRows = code === FUNCTION.reexecuteAndFetch ? iterations : 0;
  return { kind: 'reexecute', cursorId, prefetchRows };
}

/** Whether something is there, and how many. */
function readHeldCount(reader: TtcReader): number {
  reader.skip(1);
  const count = reader.ub();
  if (count > BINDS_MAX) throw new MalformedError('there are too many binds');
  return count;
}

function readHeldText(reader: TtcReader): void {
  reader.skip(1);
  reader.ub();
  reader.bytes();
}

function readCursors(reader: TtcReader): number[] {
  const count = readHeldCount(reader);
  return Array.from({ length: count }, () => reader.ub());
}

/** Module, action and the like: six texts, announced first, of which only those that are not empty follow. */
function readEndToEnd(reader: TtcReader): void {
  reader.skip(2);
  reader.ub();
  let follow = readHeads(reader, 4);
  readHeads(reader, 1);
  follow += readHeads(reader, 1);
  readHeads(reader, 2);
  follow += readHeads(reader, 1);
  for (let index = 0; index < follow; index += 1) reader.bytes();
}

/** Reads whether something is there, and how long it is, `count` times; says how many are not empty. */
function readHeads(reader: TtcReader, count: number): number {
  let filled = 0;
  for (let index = 0; index < count; index += 1) {
    reader.skip(1);
    if (reader.ub() > 0) filled += 1;
  }
  return filled;
}
