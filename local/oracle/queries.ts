import { Cursors, type Cursor } from './cursors.ts';
import { OracleError } from './oracle-error.ts';
import type { SessionContext } from './session-context.ts';
import { select } from './sql/select.ts';
import { tableOf, type ResultTable } from './sql/sql-value.ts';
import { parseStatement, type AlterUserStatement } from './sql/statement.ts';
import { writeDescription, writeEnd, writeRows } from './ttc/answers.ts';
import type { BindType, BindValue } from './ttc/bind-values.ts';
import type { ExecuteCall } from './ttc/calls.ts';
import type { TtcWriter } from './ttc/ttc-writer.ts';

/** The SQL of one session, for the user that is logged in. */
export class Queries {
  readonly #context: SessionContext;
  readonly #user: string;
  readonly #fieldVersion: number;
  readonly #cursors = new Cursors();

  constructor(
    context: SessionContext,
    { user, fieldVersion }: { readonly user: string; readonly fieldVersion: number },
  ) {
    this.#context = context;
    this.#user = user;
    this.#fieldVersion = fieldVersion;
  }

  /** Forgets cursors that the client has closed. */
  close(ids: readonly number[]): void {
    this.#cursors.close(ids);
  }

  /** The types of the values that a cursor is run with. @throws OracleError 1001 */
  bindTypesOf(cursorId: number): readonly BindType[] {
    return this.#cursors.get(cursorId).bindTypes;
  }

  /** Notes the text that a call wants to run, whatever becomes of it. */
  log({ cursorId, sql }: { readonly cursorId: number; readonly sql?: string | undefined }): void {
    const text = sql ?? this.#cursors.find(cursorId)?.sql;
    if (text !== undefined) this.#context.journal.addSql(text);
  }

  /** Runs a statement. @throws OracleError whatever the statement ends in; then nothing is written */
  execute(writer: TtcWriter, call: ExecuteCall, binds: readonly BindValue[]): void {
    const sql = call.sql ?? this.#cursors.get(call.cursorId).sql;
    const table = this.#run(sql, binds);
    if (table === undefined) {
      writeEnd(writer, { fieldVersion: this.#fieldVersion });
      return;
    }
    const cursor = this.#cursors.open(call.cursorId, { sql, table, bindTypes: call.bindTypes });
    writeDescription(writer, table, this.#fieldVersion);
    if (call.isExecuted) this.#fetch(writer, cursor, call.prefetchRows);
    else writeEnd(writer, { fieldVersion: this.#fieldVersion, cursorId: cursor.id });
  }

  /** Runs the query of a cursor again, whose columns the client knows. @throws OracleError */
  reexecute(
    writer: TtcWriter,
    call: { readonly cursorId: number; readonly prefetchRows: number },
    binds: readonly BindValue[],
  ): void {
    const cursor = this.#cursors.get(call.cursorId);
    cursor.table = this.#run(cursor.sql, binds) ?? tableOf([]);
    cursor.position = 0;
    this.#fetch(writer, cursor, call.prefetchRows);
  }

  /** Sends the next rows of a cursor. @throws OracleError 1001 */
  fetch(writer: TtcWriter, call: { readonly cursorId: number; readonly rows: number }): void {
    this.#fetch(writer, this.#cursors.get(call.cursorId), call.rows);
  }

  #fetch(writer: TtcWriter, cursor: Cursor, count: number): void {
    const rows = cursor.table.rows.slice(cursor.position, cursor.position + count);
    cursor.position += rows.length;
    writeRows(writer, rows);
    writeEnd(writer, {
      fieldVersion: this.#fieldVersion,
      cursorId: cursor.id,
      rows: cursor.position,
      error: rows.length < count ? new OracleError(1403) : undefined,
    });
  }

  #run(sql: string, binds: readonly BindValue[]): ResultTable | undefined {
    const { answers, serviceName, protocol, accounts } = this.#context;
    const configured = answers.get(sql);
    if (configured !== undefined) return tableOf(configured);
    const statement = parseStatement(sql);
    if (statement.kind === 'select') {
      const facts = { user: this.#user, serviceName, protocol, accounts };
      return select(statement, { facts, binds });
    }
    if (statement.kind === 'alterUser') this.#alterUser(statement);
    return undefined;
  }

  #alterUser(statement: AlterUserStatement): void {
    const { accounts, journal } = this.#context;
    const { user, password, endsRollover } = statement;
    const by = this.#user;
    try {
      accounts.alterUser({ ...statement, by });
    } catch (error) {
      if (password !== undefined && error instanceof OracleError) {
        journal.add({ kind: 'refusedPasswordChange', user, by, ora: error.ora });
      }
      throw error;
    }
    if (password !== undefined) journal.add({ kind: 'passwordChange', user, by });
    if (endsRollover) journal.add({ kind: 'rolloverExpired', user, by });
  }
}
