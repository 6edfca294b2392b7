import type { OracleError } from '../oracle-error.ts';
import type { ResultTable, SqlValue } from '../sql/sql-value.ts';
import { CHARSET_UTF8, FIELD_VERSION, MESSAGE, TYPE } from './message-types.ts';
import { encodeDate } from './oracle-date.ts';
import { encodeNumber } from './oracle-number.ts';
import type { KeyValue, TtcWriter } from './ttc-writer.ts';

const TEXT_BYTES_MAX = 32_767;
const NUMBER_BYTES = 22;
const DATE_BYTES = 7;
/** Scale of a NUMBER without one, -127 as a byte. */
const NO_SCALE = 0x81;

/** Writes the message that ends a call, `error` or no error. */
export function writeEnd(
  writer: TtcWriter,
  options: {
    readonly fieldVersion: number;
    readonly error?: OracleError | undefined;
    /** 0 is none. */
    readonly cursorId?: number;
    readonly rows?: number;
  },
): void {
  const { fieldVersion, error, cursorId = 0, rows = 0 } = options;
  writer.u8(MESSAGE.error).zeros(2).ub(rows).zeros(3);
  writer.ub(cursorId);
  // Position, statement and warning flags, row id, operating system, batch errors: all zero.
  writer.zeros(1 + 6 + 5 + 5 + 1 + 3);
  writer.ub(error?.ora ?? 0).ub(rows);
  if (fieldVersion >= FIELD_VERSION.v20_1) writer.zeros(2);
  if (error !== undefined) writer.text(`${error.message}\n`);
}

/** Writes the message that ends a call which cannot fail. */
export function writeStatus(writer: TtcWriter): void {
  writer.u8(MESSAGE.status).zeros(2);
}

/** Writes what the server tells the client in a logon. */
export function writeParameters(writer: TtcWriter, pairs: readonly KeyValue[]): void {
  writer.u8(MESSAGE.parameter).ub(pairs.length);
  for (const pair of pairs) writer.keyValue(pair);
}

/** Writes a warning, which is no error. */
export function writeWarning(writer: TtcWriter, warning: OracleError): void {
  const text = Buffer.from(warning.message);
  writer.u8(MESSAGE.warning).ub(warning.ora).ub(text.length).ub(0).bytes(text);
}

/** Writes the columns of a query. */
export function writeDescription(
  writer: TtcWriter,
  { columns }: ResultTable,
  fieldVersion: number,
): void {
  writer.u8(MESSAGE.describe).bytes(null).ub(TEXT_BYTES_MAX).ub(columns.length).u8(0);
  for (const [index, { name, type }] of columns.entries()) {
    const isText = type === 'text';
    const size = { text: TEXT_BYTES_MAX, number: NUMBER_BYTES, date: DATE_BYTES }[type];
    writer.u8(TYPE[type], 0, 0, type === 'number' ? NO_SCALE : 0);
    writer.ub(size).zeros(4);
    writer.ub(isText ? CHARSET_UTF8 : 0).u8(isText ? 1 : 0);
    writer.ub(isText ? size : 0);
    if (fieldVersion >= FIELD_VERSION.v12_2) writer.ub(0);
    writer.u8(1, 0).announcedText(name).zeros(2);
    writer.ub(index + 1).ub(0);
    if (fieldVersion >= FIELD_VERSION.v23_1) writer.zeros(2);
    if (fieldVersion >= FIELD_VERSION.v23_1_3) writer.zeros(1);
    if (fieldVersion >= FIELD_VERSION.v23_4) writer.zeros(3);
  }
  writer.zeros(6);
}

/** Writes rows. The client must have been told their columns. */
export function writeRows(writer: TtcWriter, rows: ResultTable['rows']): void {
  if (rows.length === 0) return;
  writer.u8(MESSAGE.rowHeader, 0);
  writer
    .ub(rows[0]?.length ?? 0)
    .ub(0)
    .ub(rows.length)
    .zeros(3);
  for (const row of rows) {
    writer.u8(MESSAGE.rowData);
    for (const value of row) writer.bytes(encode(value));
  }
}

function encode(value: SqlValue): Buffer | null {
  if (value === null) return null;
  if (typeof value === 'number') return encodeNumber(value);
  if (value instanceof Date) return encodeDate(value);
  return Buffer.from(value);
}
