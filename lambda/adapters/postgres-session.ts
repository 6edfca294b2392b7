import type { Socket } from 'node:net';
import type { Client, QueryConfig, QueryResult } from 'pg';
import { SessionUserError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { DatabaseSession, PasswordChange } from '../ports/database.ts';
import { within } from './deadline.ts';
import {
  changeError,
  statementError,
  testQueryError,
  type ErrorContext,
} from './postgres-errors.ts';
import { ITERATIONS_MAX, ITERATIONS_MIN, SALT_BYTES, scramVerifier } from './scram-verifier.ts';

/** A goodbye that takes longer is not waited for. */
const CLOSE_MAX_MS = 500;
export interface PostgresSessionOptions extends ErrorContext {
  readonly client: Client;
  /** The connection under the client, to end it when the client cannot. */
  readonly socket: Socket;
  readonly username: string;
  readonly testQuery: string | undefined;
  readonly statementMaxMs: number;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A session of PostgresDatabase. */
export class PostgresSession implements DatabaseSession {
  readonly #options: PostgresSessionOptions;
  #knownIterations: number | undefined;

  constructor(options: PostgresSessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    const { username, testQuery, subject } = this.#options;
    const [row] = (await this.#read('SELECT session_user, current_user')).rows as unknown[];
    const { session_user, current_user } = Object(row) as Record<string, unknown>;
    if (session_user !== username || current_user !== username) {
      throw new SessionUserError(
        `the session is ${String(session_user)}'s and acts as ${String(current_user)}`,
        { subject, remedy: `take "SET role" off the role ${username}` },
      );
    }
    if (testQuery === undefined) return;
    // As it is, not in a read-only transaction: it may be meant to show that the user can write. What it does is
    // the business of whoever configured it; statement_timeout bounds how long.
    await this.#query(testQuery).catch((error: unknown) => {
      throw testQueryError(error, this.#options);
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async hasOverlap(): Promise<boolean> {
    return false;
  }

  /** Makes the change in a transaction and rolls it back; the role stays as it was. */
  async rehearse(change: PasswordChange): Promise<void> {
    const statement = await this.#alterRole(change.to);
    await this.#read('BEGIN');
    try {
      await this.#read(statement);
    } finally {
      await this.#query('ROLLBACK').catch(() => {
        this.#options.socket.destroy();
      });
    }
  }

  async change(change: PasswordChange): Promise<void> {
    const statement = await this.#alterRole(change.to);
    await this.#query(statement).catch((error: unknown) => {
      throw changeError(error, this.#options);
    });
  }

  async close(): Promise<void> {
    const { client, socket } = this.#options;
    await within(CLOSE_MAX_MS, client.end()).catch(() => undefined);
    socket.destroy();
  }

  /** DDL takes no parameters in PostgreSQL, so the text holds the verifier, of a strict form, never the password. */
  async #alterRole(password: Password): Promise<string> {
    const { username, randomBytes, redactor } = this.#options;
    const text = password.reveal();
    redactor.add(text);
    const verifier = scramVerifier({
      password: text,
      salt: randomBytes(SALT_BYTES),
      iterations: (this.#knownIterations ??= await this.#readIterations()),
    });
    redactor.add(verifier);
    return `ALTER ROLE "${username.replaceAll('"', '""')}" PASSWORD '${verifier}'`;
  }

  /** The server's own setting (PostgreSQL 16 and later), within what clients take. */
  async #readIterations(): Promise<number> {
    const { rows } = await this.#read("SELECT current_setting('scram_iterations', true) AS value");
    const { value } = Object((rows as unknown[])[0]) as Record<string, unknown>;
    const iterations = Number.parseInt(String(value), 10);
    if (Number.isNaN(iterations)) return ITERATIONS_MIN;
    return Math.min(Math.max(iterations, ITERATIONS_MIN), ITERATIONS_MAX);
  }

  async #read(text: string): Promise<QueryResult> {
    return await this.#query(text).catch((error: unknown) => {
      throw statementError(error, this.#options);
    });
  }

  /** Rejects with the driver's own error, which must not leave this class. */
  async #query(text: string): Promise<QueryResult> {
    const { client, socket, budget, statementMaxMs } = this.#options;
    const query: QueryConfig & { query_timeout: number } = {
      text,
      query_timeout: budget.timeoutMs(statementMaxMs),
    };
    try {
      return await client.query(query);
    } catch (error) {
      // After a timeout of its own the driver would take a late answer for that of the next statement.
      if (!Object.hasOwn(Object(error) as object, 'severity')) socket.destroy();
      throw error;
    }
  }
}
