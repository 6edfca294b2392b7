import { dictionaryNameOf } from '../../lambda/adapters/oracle-descriptor.ts';
import {
  changeError,
  isLoginRefused,
  loginError,
  statementError,
  type ErrorContext,
} from '../../lambda/adapters/oracle-errors.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, PasswordChange } from '../../lambda/ports/database.ts';
import type { Accounts } from '../oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';
import { OracleError } from '../oracle/oracle-error.ts';
import { underFaults, type FaultErrors, type MemoryFaults } from './under-faults.ts';

export interface MemoryOracleOptions extends MemoryFaults {
  /** The users, with the rules of their profiles. `Accounts.inMemory` makes them. */
  readonly accounts: Accounts<PlainVerifier>;
  /** @default 'adb' */
  readonly name?: string;
}

/** Errors as node-oracledb rejects with them. */
const ERRORS: FaultErrors = {
  refused: ({ code = 'ORA-01033', message }) => driverError(OracleError.ofCode(code, message)),
  throttled: () => driverError(new OracleError(18)),
  lost: () =>
    Object.assign(new Error('NJS-500: connection to Oracle Database was closed or broken'), {
      code: 'NJS-500',
    }),
};

/**
 * Oracle Database in memory, as far as a rotation sees it, over the account model of the stand-in: reuse rules, verify
 * function, locking, expiry, rollover. Calls are named `oracle:connect`, `oracle:logon`, `oracle:execute` and
 * `oracle:changePassword` in the fault plan. After a cut line a session is dead.
 */
export class MemoryOracle implements Database {
  readonly engine = 'oracle';
  readonly canTakeBack = false;
  readonly name: string;
  readonly #options: MemoryOracleOptions;
  #openSessions = 0;

  constructor(options: MemoryOracleOptions) {
    this.name = options.name ?? 'adb';
    this.#options = options;
  }

  /** Sessions that were opened and not closed. */
  get openSessions(): number {
    return this.#openSessions;
  }

  /** Whether a password opens the account of that dictionary name now, lock and expiry aside. Counts nothing. */
  opens(user: string, password: string): boolean {
    const candidates = this.#options.accounts.candidates(user);
    return candidates.some(({ verifier }) => verifier.matches(password));
  }

  async login({ username, password }: Credential): Promise<DatabaseSession | 'refused'> {
    const { accounts } = this.#options;
    const redactor = new Redactor();
    redactor.add(password.reveal());
    const context = { subject: this.name, redactor };
    const user = dictionaryNameOf(username, this.name);
    try {
      await this.#call('oracle:connect', () => undefined);
      await this.#call('oracle:logon', () => {
        accounts.login(user, password.reveal());
      });
    } catch (error) {
      if (isLoginRefused(error)) return 'refused';
      throw loginError(error, context);
    }
    return this.#session(user, context);
  }

  #session(user: string, context: ErrorContext): DatabaseSession {
    const { accounts } = this.#options;
    this.#openSessions += 1;
    let isDead = false;
    let isClosed = false;
    const call = async <Result>(name: string, effect: () => Result): Promise<Result> => {
      if (isDead || isClosed) throw ERRORS.lost('cut');
      try {
        return await this.#call(name, effect);
      } catch (error) {
        isDead = !(error as Error).message.startsWith('ORA-');
        throw error;
      }
    };
    const read = async <Result>(effect: () => Result): Promise<Result> =>
      await call('oracle:execute', effect).catch((error: unknown) => {
        throw statementError(error, context);
      });
    return {
      check: async () => {
        await read(() => undefined);
      },
      hasOverlap: async () => await read(() => accounts.status(user).includes('IN ROLLOVER')),
      rehearse: async () => {
        await read(() => undefined);
      },
      change: async ({ from, to }: PasswordChange) => {
        const change = { by: user, user, oldPassword: from.reveal(), newPassword: to.reveal() };
        await call('oracle:changePassword', () => {
          accounts.changePassword(change);
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

  async #call<Result>(call: string, effect: () => Result): Promise<Result> {
    const withFaultErrors = (): Result => {
      try {
        return effect();
      } catch (error) {
        throw error instanceof OracleError ? driverError(error) : error;
      }
    };
    return await underFaults(this.#options, { call, effect: withFaultErrors, errors: ERRORS });
  }
}

function driverError(error: OracleError): Error {
  const code = error.message.slice(0, error.message.indexOf(':'));
  return Object.assign(new Error(error.message), { code, errorNum: error.ora });
}
