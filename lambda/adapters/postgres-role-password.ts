import type { Password } from '../domain/password.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { changeError, type ErrorContext } from './postgres-errors.ts';
import { ITERATIONS_MAX, ITERATIONS_MIN, SALT_BYTES, scramVerifier } from './scram-verifier.ts';

/**
 * The iterations are the server's own setting, which it has since PostgreSQL 16. A session acts as its default role, if
 * there is one ("ALTER ROLE … SET role"), which may not change the password of the login role.
 */
const READ_ITERATIONS = "SELECT current_setting('scram_iterations', true) AS iterations";
const BEGIN = {
  'login-role': `BEGIN; SET LOCAL ROLE NONE; ${READ_ITERATIONS}`,
  'default-role': `BEGIN; ${READ_ITERATIONS}`,
};

export interface RolePasswordOptions extends ErrorContext {
  readonly connection: PostgresConnection;
  /** The role whose password it is. */
  readonly role: string;
  /** As whom the session is to make the change. */
  readonly actAs: keyof typeof BEGIN;
  readonly randomBytes: (length: number) => Uint8Array;
}

/**
 * The password of one role, as one session can change it. Every attempt is a transaction of its own, because
 * `ALTER ROLE` is transactional in PostgreSQL (databases.md 1.2).
 */
export class RolePassword {
  readonly #options: RolePasswordOptions;

  constructor(options: RolePasswordOptions) {
    this.#options = options;
  }

  /** Sets the password and takes it back, so that every reason of the server's for a refusal shows. */
  async rehearse(password: Password): Promise<void> {
    const { connection } = this.#options;
    try {
      await connection.read(await this.#begin(password), this.#options);
    } finally {
      await this.#rollBack();
    }
  }

  /** @throws OutcomeUnknownError when the connection broke before the commit was answered */
  async set(password: Password): Promise<void> {
    const { connection } = this.#options;
    try {
      const alterRole = await this.#begin(password);
      // In one text, so that the answer is lost for both or for none.
      await connection.query(`${alterRole}; COMMIT`).catch((error: unknown) => {
        throw changeError(error, this.#options);
      });
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  /** @returns the statement that is to be run in the transaction */
  async #begin(password: Password): Promise<string> {
    const { connection, actAs } = this.#options;
    const { iterations } = await connection.read(BEGIN[actAs], this.#options);
    return this.#alterRole(password, acceptable(Number(iterations)));
  }

  async #rollBack(): Promise<void> {
    const { connection } = this.#options;
    await connection.query('ROLLBACK').catch(() => {
      connection.destroy();
    });
  }

  /** DDL takes no parameters in PostgreSQL, so the text holds the verifier, of a strict form, never the password. */
  #alterRole(password: Password, iterations: number): string {
    const { connection, role, randomBytes, redactor } = this.#options;
    const text = password.reveal();
    redactor.add(text);
    const verifier = scramVerifier({ password: text, salt: randomBytes(SALT_BYTES), iterations });
    redactor.add(verifier);
    return `ALTER ROLE ${connection.identifier(role)} PASSWORD '${verifier}'`;
  }
}

/** The nearest number of iterations that clients take; the least where the server does not say any. */
function acceptable(iterations: number): number {
  if (!Number.isInteger(iterations)) return ITERATIONS_MIN;
  return Math.min(Math.max(iterations, ITERATIONS_MIN), ITERATIONS_MAX);
}
