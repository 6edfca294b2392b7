import { OracleError } from './oracle-error.ts';
import type { ResultTable } from './sql/sql-value.ts';
import type { BindType } from './ttc/bind-values.ts';

/** Told to clients as AUTH_MAX_OPEN_CURSORS. */
export const CURSORS_MAX = 300;

/** A query that a client may run again or fetch more rows of. */
export interface Cursor {
  readonly id: number;
  readonly sql: string;
  readonly bindTypes: readonly BindType[];
  table: ResultTable;
  /** How many rows the client has got. */
  position: number;
}

/** The cursors of one session. */
export class Cursors {
  readonly #cursors = new Map<number, Cursor>();
  #lastId = 0;

  /**
   * Opens a cursor, or the one of this id anew; 0 is none.
   *
   * @throws OracleError 1000 when too many are open
   */
  open(id: number, contents: Omit<Cursor, 'id' | 'position'>): Cursor {
    if (!this.#cursors.has(id)) {
      if (this.#cursors.size >= CURSORS_MAX) throw new OracleError(1000);
      this.#lastId += 1;
    }
    const cursor = { ...contents, id: this.#cursors.has(id) ? id : this.#lastId, position: 0 };
    this.#cursors.set(cursor.id, cursor);
    return cursor;
  }

  find(id: number): Cursor | undefined {
    return this.#cursors.get(id);
  }

  /** @throws OracleError 1001 when it is not open */
  get(id: number): Cursor {
    const cursor = this.find(id);
    if (cursor === undefined) throw new OracleError(1001);
    return cursor;
  }

  close(ids: readonly number[]): void {
    for (const id of ids) this.#cursors.delete(id);
  }
}
