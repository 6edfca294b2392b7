import type { SqlValue } from '../sql/sql-value.ts';
import { decodeNumber } from './oracle-number.ts';
import { FIELD_VERSION, MESSAGE, TYPE } from './message-types.ts';
import type { TtcReader } from './ttc-reader.ts';

const NATIONAL = 2;

/** What a client says of one of the values that it binds. */
export interface BindType {
  readonly type: number;
  readonly isNational: boolean;
}

/** A value of a type that this server does not know. */
export const UNKNOWN_VALUE = Symbol('unknown value');
export type BindValue = SqlValue | typeof UNKNOWN_VALUE;

/** Reads the type of a bind, or of a column that the client wants to have fetched otherwise. */
export function readBindType(reader: TtcReader, fieldVersion: number): BindType {
  const type = reader.u8();
  reader.skip(3);
  reader.skipUb(3);
  if (reader.ub() > 0) reader.bytes();
  reader.skipUb(2);
  const isNational = reader.u8() === NATIONAL;
  reader.skipUb(fieldVersion >= FIELD_VERSION.v12_2 ? 2 : 1);
  return { type, isNational };
}

/** Reads the bound values of the first execution; those of further ones, as in array DML, are left unread. */
export function readBindValues(reader: TtcReader, types: readonly BindType[]): BindValue[] {
  if (types.length === 0 || reader.isAtEnd || reader.u8() !== MESSAGE.rowData) return [];
  const values: BindValue[] = [];
  for (const { type, isNational } of types) {
    const decode = isNational ? undefined : DECODERS[type];
    if (decode === undefined) return types.map(() => UNKNOWN_VALUE);
    const bytes = reader.bytes();
    values.push(bytes === null ? null : decode(bytes));
  }
  return values;
}

const DECODERS: Readonly<Record<number, (bytes: Buffer) => SqlValue>> = {
  [TYPE.text]: (bytes) => bytes.toString(),
  [TYPE.fixedText]: (bytes) => bytes.toString(),
  [TYPE.number]: decodeNumber,
};
