import type { Socket } from 'node:net';
import type { Client, QueryConfig, QueryResult } from 'pg';
import type { TimeBudget } from '../domain/time-budget.ts';
import { within } from './deadline.ts';
import { hasServerAnswered, statementError, type ErrorContext } from './postgres-errors.ts';

export const STATEMENT_MAX_MS = 10_000;
/** A goodbye that takes longer is not waited for. */
const CLOSE_MAX_MS = 500;

export interface PostgresConnectionOptions {
  readonly client: Client;
  /** The connection under the client, to end it when the client cannot. */
  readonly socket: Socket;
  readonly budget: TimeBudget;
}

export type Row = Readonly<Record<string, unknown>>;

/** One open connection, logged in. Statements go one at a time, each within the time that is left. */
export class PostgresConnection {
  readonly #options: PostgresConnectionOptions;

  constructor(options: PostgresConnectionOptions) {
    this.#options = options;
  }

  /**
   * Runs one statement, or several that travel together.
   *
   * @returns the first row of the last of them, empty where there is none
   * @throws DeadlineError, and the driver's own errors, which must not leave the adapter
   */
  async query(text: string): Promise<Row> {
    const { client, budget } = this.#options;
    const query: QueryConfig & { query_timeout: number } = {
      text,
      query_timeout: budget.timeoutMs(STATEMENT_MAX_MS),
    };
    try {
      // The driver answers several statements with several results, which its types do not say.
      const answer = (await client.query(query)) as QueryResult<Row> | QueryResult<Row>[];
      const last = Array.isArray(answer) ? answer.at(-1) : answer;
      return last?.rows[0] ?? {};
    } catch (error) {
      // After a timeout of its own the driver would take a late answer for that of the next statement.
      if (!hasServerAnswered(error)) this.destroy();
      throw error;
    }
  }

  /** The same for statements that change nothing. @throws what `statementError` makes of the driver's errors */
  async read(text: string, context: ErrorContext): Promise<Row> {
    return await this.query(text).catch((error: unknown) => {
      throw statementError(error, context);
    });
  }

  /** A name as SQL writes it. */
  identifier(name: string): string {
    return this.#options.client.escapeIdentifier(name);
  }

  /** A text as SQL writes it. */
  literal(text: string): string {
    return this.#options.client.escapeLiteral(text);
  }

  /** Ends the connection without a word. The server rolls back what is open. */
  destroy(): void {
    this.#options.socket.destroy();
  }

  /** Never throws. */
  async close(): Promise<void> {
    await within(CLOSE_MAX_MS, this.#options.client.end()).catch(() => undefined);
    this.destroy();
  }
}
