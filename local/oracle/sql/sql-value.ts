/** A value of a row. As in Oracle, '' is NULL. */
export type SqlValue = string | number | Date | null;

/** A row by the names of its columns, in order. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

export type ColumnType = 'text' | 'number' | 'date';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** What a query answers. */
export interface ResultTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SqlValue[])[];
}

export function columnTypeOf(value: SqlValue): ColumnType {
  if (typeof value === 'number') return 'number';
  return value instanceof Date ? 'date' : 'text';
}

/** The table of rows written by hand; types are those of the first value of a column that is not NULL. */
export function tableOf(rows: readonly SqlRow[]): ResultTable {
  const names = Object.keys(rows[0] ?? { DUMMY: null });
  const columns = names.map((name) => {
    const value = rows.map((row) => row[name] ?? null).find((one) => one !== null) ?? null;
    return { name, type: columnTypeOf(value) };
  });
  return { columns, rows: rows.map((row) => names.map((name) => row[name] ?? null)) };
}
