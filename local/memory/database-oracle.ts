import { dictionaryNameOf } from '../../lambda/adapters/oracle-descriptor.ts';
import { isLoginRefused, loginError } from '../../lambda/adapters/oracle-errors.ts';
import { OracleSession } from '../../lambda/adapters/oracle-session.ts';
import { OracleSuperuserSession } from '../../lambda/adapters/oracle-superuser-session.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, OwnSession } from '../../lambda/ports/database.ts';
import type { Accounts } from '../oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';
import { OracleError } from '../oracle/oracle-error.ts';
import { MemoryLine, OpenSessions, superuserError, type LineToDatabase } from './database-line.ts';
import { asDriverError, MemoryOracleConnection } from './database-oracle-connection.ts';
import type { FaultErrors } from './under-faults.ts';

export interface MemoryOracleOptions extends LineToDatabase {
  /** The server: its users, with the rules of their profiles. `Accounts.inMemory` makes them. */
  readonly accounts: Accounts<PlainVerifier>;
  /** @default 'adb' */
  readonly name?: string;
  /** As of the adapter's configuration. @default 'auto' */
  readonly overlap?: 'auto' | 'require' | 'off';
  /** What the superuser secret holds; a user made with `canAlterUsers`. @default there is none */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

const ERRORS: FaultErrors = {
  refused: ({ code = 'ORA-01033', message }) => answer(OracleError.ofCode(code, message)),
  throttled: () => answer(new OracleError(18)),
  lost: () =>
    Object.assign(new Error('NJS-500: connection to Oracle Database was closed or broken'), {
      code: 'NJS-500',
    }),
};
/** Killed, shutting down, end of file on the line. */
const SESSION_ENDING = /^ORA-(00028|01012|01089|03113|03114|03135):/;

/**
 * Oracle Database in memory, as far as a rotation sees it: the adapter's own sessions over the account model of the
 * stand-in, with its reuse rules, verify function, locking, expiry and rollover. Calls are named `oracle:connect`,
 * `oracle:logon`, `oracle:execute` (every statement, ALTER USER too) and `oracle:changePassword` in the fault plan. After a
 * cut line a session is dead.
 */
export class MemoryOracle implements Database {
  readonly engine = 'oracle';
  readonly canTakeBack = false;
  readonly name: string;
  readonly #options: MemoryOracleOptions;
  readonly #sessions = new OpenSessions();

  constructor(options: MemoryOracleOptions) {
    this.name = options.name ?? 'adb';
    this.#options = options;
  }

  /** Sessions that were opened and not closed. */
  get openSessions(): number {
    return this.#sessions.count;
  }

  /** Whether a password opens the account of that dictionary name now, lock and expiry aside. Counts nothing. */
  opens(user: string, password: string): boolean {
    const candidates = this.#options.accounts.candidates(user);
    return candidates.some(({ verifier }) => verifier.matches(password));
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const redactor = new Redactor();
    const connection = await this.#connect(credential, redactor);
    if (connection === 'refused') return 'refused';
    const { username, password } = credential;
    return new OracleSession({
      connection,
      username,
      dictionaryName: dictionaryNameOf(username, this.name),
      password,
      testQuery: undefined,
      overlap: this.#options.overlap ?? 'auto',
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const credential = await this.#options.superuser?.();
    if (credential === undefined) return undefined;
    const redactor = new Redactor();
    const who = { subject: this.name, username: credential.username };
    const connection = await this.#connect(credential, redactor).catch((error: unknown) => {
      throw superuserError(who, error);
    });
    if (connection === 'refused') throw superuserError(who);
    return new OracleSuperuserSession({
      connection,
      superuser: credential.username,
      username,
      dictionaryName: dictionaryNameOf(username, this.name),
      redactor,
      subject: this.name,
    });
  }

  async #connect(
    { username, password }: Credential,
    redactor: Redactor,
  ): Promise<MemoryOracleConnection | 'refused'> {
    const { accounts } = this.#options;
    redactor.add(password.reveal());
    const user = dictionaryNameOf(username, this.name);
    const line = new MemoryLine({ ...this.#options, errors: ERRORS, staysOpen });
    const call = async <Result>(name: string, effect: () => Result): Promise<Result> =>
      await line.call(name, () => asDriver(effect));
    try {
      await call('oracle:connect', () => undefined);
      await call('oracle:logon', () => accounts.login(user, password.reveal()));
    } catch (error) {
      if (isLoginRefused(error)) return 'refused';
      throw loginError(error, { subject: this.name, redactor });
    }
    return new MemoryOracleConnection({ accounts, user, call, close: this.#sessions.add(line) });
  }
}

function staysOpen(error: unknown): boolean {
  const { message } = error as { message?: string };
  return message?.startsWith('ORA-') === true && !SESSION_ENDING.test(message);
}

function asDriver<Result>(effect: () => Result): Result {
  try {
    return effect();
  } catch (error) {
    throw asDriverError(error);
  }
}

function answer(error: OracleError): Error {
  return asDriverError(error) as Error;
}
