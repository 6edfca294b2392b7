import {
  changeError,
  isLoginRefused,
  loginError,
  statementError,
  type ErrorContext,
} from '../../lambda/adapters/postgres-errors.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import type { Password } from '../../lambda/domain/password.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type {
  AccountRules,
  Database,
  DatabaseSession,
  OwnSession,
  PasswordChange,
  Rehearsal,
} from '../../lambda/ports/database.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { MemoryLine, OpenSessions, superuserError, type LineToDatabase } from './database-line.ts';
import { postgresError, type PostgresRoles, type RoleChange } from './database-postgres-roles.ts';
import type { FaultErrors } from './under-faults.ts';

export interface MemoryPostgresOptions extends LineToDatabase {
  /** The server. It may be shared by several databases, one for each invocation. */
  readonly roles: PostgresRoles;
  /** @default 'rds' */
  readonly name?: string;
  /** What the superuser secret holds. @default there is none */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

const ERRORS: FaultErrors = {
  refused: ({ code = '57P03', message = 'the database system is starting up' }) =>
    postgresError(code, message),
  throttled: () => postgresError('53300', 'sorry, too many clients already'),
  lost: () => new Error('Connection terminated unexpectedly'),
};

/**
 * PostgreSQL in memory, as far as a rotation sees it. Calls are named as the wire has them: `postgres:connect`,
 * `postgres:logon`, `postgres:query:SELECT`, `postgres:query:BEGIN`, `postgres:query:ALTER ROLE` (with the COMMIT) and
 * `postgres:query:ROLLBACK`. After a cut line, and after a refusal of class 57P, a session is dead.
 */
export class MemoryPostgres implements Database {
  readonly engine = 'postgres';
  readonly canTakeBack = true;
  readonly name: string;
  readonly #options: MemoryPostgresOptions;
  readonly #sessions = new OpenSessions();

  constructor(options: MemoryPostgresOptions) {
    this.name = options.name ?? 'rds';
    this.#options = options;
  }

  /** Sessions that were opened and not closed. */
  get openSessions(): number {
    return this.#sessions.count;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const connection = await this.#connect(credential);
    if (connection === 'refused') return 'refused';
    return new MemoryPostgresSession({
      ...connection,
      roles: this.#options.roles,
      role: credential.username,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const { roles, superuser } = this.#options;
    const credential = await superuser?.();
    if (credential === undefined) return undefined;
    const who = { subject: this.name, username: credential.username };
    const connection = await this.#connect(credential).catch((error: unknown) => {
      throw superuserError(who, error);
    });
    if (connection === 'refused') throw superuserError(who);
    const { context } = connection;
    return new MemoryPostgresSession({
      ...connection,
      context: { ...context, superuser: { name: credential.username, target: username } },
      roles,
      role: username,
    });
  }

  async #connect({ username, password }: Credential): Promise<Connection | 'refused'> {
    const context = { subject: this.name, redactor: new Redactor() };
    context.redactor.add(password.reveal());
    const line = new MemoryLine({ ...this.#options, errors: ERRORS, staysOpen });
    try {
      await line.call('postgres:connect', () => undefined);
      await line.call('postgres:logon', () => {
        this.#options.roles.login(username, password.reveal());
      });
    } catch (error) {
      if (isLoginRefused(error)) return 'refused';
      throw loginError(error, context);
    }
    return { line, context, by: username, close: this.#sessions.add(line) };
  }
}

interface Connection {
  readonly line: MemoryLine;
  readonly context: ErrorContext;
  /** Who logged in. */
  readonly by: string;
  readonly close: () => Promise<void>;
}

interface SessionOptions extends Connection {
  readonly roles: PostgresRoles;
  /** Whose password it changes: its own, or as a superuser that of another. */
  readonly role: string;
}

/** In the statements of the adapter's sessions. Verifiers it makes none: they cost a millisecond each. */
class MemoryPostgresSession implements OwnSession {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    const { roles, role, context } = this.#options;
    const isThere = await this.#read('SELECT', () => roles.has(role));
    if (isThere) return;
    throw new ConfigurationError(`there is no role ${role}`, {
      subject: context.subject,
      remedy: `CREATE ROLE ${role} LOGIN, or correct the user name`,
    });
  }

  async account(): Promise<AccountRules> {
    const { roles, role } = this.#options;
    const passwordEndMs = await this.#read('SELECT', () => roles.validUntilMs(role));
    return passwordEndMs === undefined ? {} : { passwordEndMs };
  }

  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    const { roles } = this.#options;
    const change = this.#changeTo(to);
    try {
      await this.#read('BEGIN', () => undefined);
      await this.#read('ALTER ROLE', () => {
        roles.tryAlterRole(change);
      });
    } finally {
      await this.#rollBack();
    }
    return { keptForMs: 0, standing: 'newest' };
  }

  async change({ to }: PasswordChange): Promise<'changed'> {
    const { line, context, roles } = this.#options;
    const change = this.#changeTo(to);
    const alterRole = (): void => {
      roles.alterRole(change);
    };
    try {
      await this.#read('BEGIN', () => undefined);
      await line.call('postgres:query:ALTER ROLE', alterRole).catch((error: unknown) => {
        throw changeError(error, context);
      });
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
    return 'changed';
  }

  async endOverlap(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#options.close();
  }

  #changeTo(password: Password): RoleChange {
    const { by, role, context } = this.#options;
    const text = password.reveal();
    context.redactor.add(text);
    return { by, role, password: text };
  }

  async #read<Result>(statement: string, effect: () => Result): Promise<Result> {
    const { line, context } = this.#options;
    return await line.call(`postgres:query:${statement}`, effect).catch((error: unknown) => {
      throw statementError(error, context);
    });
  }

  async #rollBack(): Promise<void> {
    const { line } = this.#options;
    await line
      .call('postgres:query:ROLLBACK', () => undefined)
      .catch(() => {
        line.end();
      });
  }
}

function staysOpen(error: unknown): boolean {
  return (error as { severity?: string }).severity === 'ERROR';
}
