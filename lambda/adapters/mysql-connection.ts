import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import type { Connection } from 'mysql2';
import type { TimeBudget } from '../domain/time-budget.ts';
import { within } from './deadline.ts';
import { hasServerAnswered } from './mysql-error-numbers.ts';
import { statementError, type ErrorContext } from './mysql-errors.ts';
import { literal } from './mysql-literal.ts';
import type { MysqlSocket } from './mysql-socket.ts';

const STATEMENT_MAX_MS = 10_000;
/** A goodbye that takes longer is not waited for. */
const CLOSE_MAX_MS = 500;

export interface MysqlConnectionOptions {
  readonly driver: Connection;
  readonly line: MysqlSocket;
  readonly budget: TimeBudget;
}

export type Row = readonly unknown[];

/** One connection to MySQL or MariaDB. Statements go one at a time, each within the time that is left. */
export class MysqlConnection {
  readonly #options: MysqlConnectionOptions;
  #hasEnded = false;
  /** The session's own, as `SELECT @@sql_mode` gives it. */
  sqlMode = '';

  constructor(options: MysqlConnectionOptions) {
    this.#options = options;
  }

  /** Whether all that the server said is vouched for: by a certificate that was verified, from the greeting on. */
  get isSafe(): boolean {
    const { driver, line } = this.#options;
    const { stream } = driver as unknown as { readonly stream: unknown };
    return stream instanceof TLSSocket && stream.authorized && !line.hasSaidTooMuch;
  }

  /**
   * Runs one statement.
   *
   * @returns its rows, as arrays
   * @throws DeadlineError, and the driver's own errors, which must not leave the adapter
   */
  async query(sql: string): Promise<readonly Row[]> {
    const { driver, budget } = this.#options;
    const limitMs = budget.timeoutMs(STATEMENT_MAX_MS);
    const answer = new Promise<readonly Row[]>((resolve, reject) => {
      driver.query(sql, (error: Error | null, rows: unknown) => {
        if (error === null) resolve(Array.isArray(rows) ? rows : []);
        else reject(error);
      });
    });
    try {
      // Not the driver's own limit, whose timer outlives a line that is cut.
      return await within(limitMs, answer);
    } catch (error) {
      // A late answer would be taken for that of the next statement.
      if (!hasServerAnswered(error)) this.destroy();
      throw error;
    }
  }

  /** The first row of a statement that changes nothing. @throws what `statementError` makes of the driver's errors */
  async read(sql: string, context: ErrorContext): Promise<Row> {
    try {
      return (await this.query(sql))[0] ?? [];
    } catch (error) {
      throw statementError(error, context);
    }
  }

  /** A text as SQL writes it in this session. */
  literal(text: string): string {
    return literal(text, this.sqlMode);
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.#hasEnded = true;
    this.#options.line.socket.destroy();
  }

  /** Never throws. */
  async close(): Promise<void> {
    const { driver, line } = this.#options;
    if (!this.#hasEnded && !line.socket.destroyed) {
      this.#hasEnded = true;
      const closed = once(line.socket, 'close');
      driver.end();
      // The server hangs up; were we to do it first, it would log a connection that was aborted.
      await within(CLOSE_MAX_MS, closed).catch(() => undefined);
    }
    line.socket.destroy();
  }
}
