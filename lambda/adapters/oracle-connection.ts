import type { BindParameters, Connection } from 'oracledb';
import type { TimeBudget } from '../domain/time-budget.ts';
import { NoAnswerError, within } from './deadline.ts';
import { statementError, type ErrorContext } from './oracle-errors.ts';
import type { OracleSockets } from './oracle-sockets.ts';

const CALL_MAX_MS = 10_000;
/** The driver is to interrupt the call first, after which the connection stays usable; for that the server must answer. */
const INTERRUPT_SHARE = 0.8;
/** A goodbye that takes longer is not waited for. */
const CLOSE_MAX_MS = 500;
const ROWS_MAX = 1;

export interface OracleConnectionOptions {
  readonly connection: Connection;
  /** The sockets under the connection, to end it when the driver cannot. */
  readonly sockets: OracleSockets;
  readonly budget: TimeBudget;
}

export type Row = readonly unknown[];

/** One open connection, logged in. Calls go one at a time, each within the time that is left. */
export class OracleConnection {
  readonly #options: OracleConnectionOptions;

  constructor(options: OracleConnectionOptions) {
    this.#options = options;
  }

  /**
   * Runs a statement. What it may have changed in tables is rolled back when the connection closes.
   *
   * @returns the first row, empty where there is none
   * @throws DeadlineError, and the driver's own errors, which must not leave the adapter
   */
  async query(text: string, binds: BindParameters = []): Promise<Row> {
    const { connection } = this.#options;
    const options = { maxRows: ROWS_MAX, autoCommit: false };
    const { rows } = await this.#call(
      async () => await connection.execute<Row>(text, binds, options),
    );
    return rows?.[0] ?? [];
  }

  /** The same for statements that change nothing. @throws what `statementError` makes of the driver's errors */
  async read(text: string, context: ErrorContext, binds: BindParameters = []): Promise<Row> {
    return await this.query(text, binds).catch((error: unknown) => {
      throw statementError(error, context);
    });
  }

  /**
   * Changes a password by the driver's own call, which encrypts both passwords; there is no SQL text.
   *
   * @param change username as one would log in with it; `from` is not asked for of who may alter users
   * @throws as `query`
   */
  async changePassword(change: {
    readonly username: string;
    readonly from: string;
    readonly to: string;
  }): Promise<void> {
    const { connection } = this.#options;
    await this.#call(async () => {
      await connection.changePassword(change.username, change.from, change.to);
    });
  }

  /** Never throws. */
  async close(): Promise<void> {
    const { connection, sockets } = this.#options;
    try {
      await within(CLOSE_MAX_MS, connection.close());
      // The driver has sent its goodbye; the peer may be too dead to answer the end of the line.
      setTimeout(() => {
        sockets.destroy();
      }, CLOSE_MAX_MS).unref();
    } catch {
      sockets.destroy();
    }
  }

  async #call<Value>(work: () => Promise<Value>): Promise<Value> {
    const { connection, sockets, budget } = this.#options;
    const limitMs = budget.timeoutMs(CALL_MAX_MS);
    connection.callTimeout = Math.ceil(limitMs * INTERRUPT_SHARE);
    try {
      return await within(limitMs, work());
    } catch (error) {
      if (error instanceof NoAnswerError) sockets.destroy();
      throw error;
    }
  }
}
