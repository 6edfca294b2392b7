import {
  changeError,
  isLoginRefused,
  loginError,
  statementError,
  type ErrorContext,
} from '../../lambda/adapters/postgres-errors.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, PasswordChange } from '../../lambda/ports/database.ts';
import { underFaults, type FaultErrors, type MemoryFaults } from './under-faults.ts';

export interface MemoryPostgresOptions extends MemoryFaults {
  readonly username: string;
  readonly password: string;
  /** @default 'rds' */
  readonly name?: string;
  /** A password rule of the server. @default every password is taken */
  readonly acceptsByPolicy?: (password: string) => boolean;
}

/** An error as node-postgres rejects with it. */
function serverError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, severity: 'ERROR' });
}

const ERRORS: FaultErrors = {
  refused: ({ code = '57P03', message = 'the database system is starting up' }) =>
    serverError(code, message),
  throttled: () => serverError('53300', 'sorry, too many clients already'),
  lost: () => new Error('Connection terminated unexpectedly'),
};

/**
 * PostgreSQL in memory, as far as a rotation sees it: one role with one password, which can be set again at will. Calls
 * are named `postgres:connect`, `postgres:logon`, `postgres:query:SELECT`, `postgres:query:BEGIN`,
 * `postgres:query:ALTER ROLE` and `postgres:query:ROLLBACK` in the fault plan. After a cut line a session is dead.
 */
export class MemoryPostgres implements Database {
  readonly engine = 'postgres';
  readonly canTakeBack = true;
  readonly name: string;
  readonly #options: MemoryPostgresOptions;
  #password: string;
  #refusedLogins = 0;
  #openSessions = 0;

  constructor(options: MemoryPostgresOptions) {
    this.name = options.name ?? 'rds';
    this.#options = options;
    this.#password = options.password;
  }

  /** Logins that were refused for user name or password. */
  get refusedLogins(): number {
    return this.#refusedLogins;
  }

  /** Sessions that were opened and not closed. */
  get openSessions(): number {
    return this.#openSessions;
  }

  opens(password: string): boolean {
    return password === this.#password;
  }

  /** As an administrator. */
  setPassword(password: string): void {
    this.#password = password;
  }

  async login({ username, password }: Credential): Promise<DatabaseSession | 'refused'> {
    const redactor = new Redactor();
    redactor.add(password.reveal());
    const context = { subject: this.name, redactor };
    try {
      await this.#call('postgres:connect', () => undefined);
      await this.#call('postgres:logon', () => {
        if (username === this.#options.username && this.opens(password.reveal())) return;
        this.#refusedLogins += 1;
        throw serverError('28P01', `password authentication failed for user "${username}"`);
      });
    } catch (error) {
      if (isLoginRefused(error)) return 'refused';
      throw loginError(error, context);
    }
    return this.#session(context);
  }

  #session(context: ErrorContext): DatabaseSession {
    this.#openSessions += 1;
    let isDead = false;
    let isClosed = false;
    const query = async (kind: string, effect: () => void = () => undefined): Promise<void> => {
      if (isDead || isClosed) throw new Error('Client was closed and is not queryable');
      try {
        await this.#call(`postgres:query:${kind}`, effect);
      } catch (error) {
        isDead = !Object.hasOwn(error as Error, 'severity');
        throw error;
      }
    };
    const read = async (kind: string, effect?: () => void): Promise<void> => {
      await query(kind, effect).catch((error: unknown) => {
        throw statementError(error, context);
      });
    };
    let knowsIterations = false;
    const readIterations = async (): Promise<void> => {
      if (!knowsIterations) await read('SELECT');
      knowsIterations = true;
    };
    return {
      check: async () => {
        await read('SELECT');
      },
      hasOverlap: async () => await Promise.resolve(false),
      rehearse: async ({ to }) => {
        await readIterations();
        await read('BEGIN');
        await read('ALTER ROLE', () => {
          this.#requirePolicy(to.reveal());
        });
        await read('ROLLBACK');
      },
      change: async ({ to }: PasswordChange) => {
        await readIterations();
        await query('ALTER ROLE', () => {
          this.#requirePolicy(to.reveal());
          this.#password = to.reveal();
        }).catch((error: unknown) => {
          throw changeError(error, context);
        });
      },
      close: async () => {
        await Promise.resolve();
        if (!isClosed) this.#openSessions -= 1;
        isClosed = true;
      },
    };
  }

  #requirePolicy(password: string): void {
    if (this.#options.acceptsByPolicy?.(password) ?? true) return;
    throw serverError('22023', 'password is easily cracked');
  }

  async #call(call: string, effect: () => void): Promise<void> {
    await underFaults(this.#options, { call, effect, errors: ERRORS });
  }
}
