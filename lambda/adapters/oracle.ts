import type { Connection, ConnectionAttributes } from 'oracledb';
import type { OracleConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import {
  AccountLockedError,
  ConfigurationError,
  DatabaseTlsError,
  NotPermittedError,
  PasswordExpiredError,
  type LockstepError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { Database, DatabaseSession, OwnSession } from '../ports/database.ts';
import { within } from './deadline.ts';
import { OracleConnection } from './oracle-connection.ts';
import { descriptorOf, dictionaryNameOf } from './oracle-descriptor.ts';
import { loadOracleDriver } from './oracle-driver.ts';
import { isLoginRefused, loginError } from './oracle-errors.ts';
import { makeOneWayTrust } from './oracle-one-way-trust.ts';
import { OracleSession } from './oracle-session.ts';
import { OracleSockets } from './oracle-sockets.ts';
import { OracleSuperuserSession } from './oracle-superuser-session.ts';
import type { OracleWallet } from './oracle-wallet.ts';

const LOGIN_MAX_MS = 10_000;

/**
 * How the server is known: by a public certificate; by one of a private CA, PEM (both one-way TLS); or by a wallet,
 * which also shows the server who is calling (mutual TLS).
 */
export type OracleTrust = 'system' | { readonly ca: string } | OracleWallet;

export interface OracleOptions {
  readonly config: OracleConfig;
  readonly trust: OracleTrust;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly clock: Pick<Clock, 'now'>;
  /** Reads what the superuser secret holds; left out: there is no superuser. Called when it is needed. */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

/** What node-oracledb 26 takes in Thin mode and its types do not name yet. */
interface ThinAttributes extends ConnectionAttributes {
  readonly walletContent?: string;
  readonly program?: string;
}

/**
 * Oracle Database, on Autonomous Database Dedicated or elsewhere, over TCPS only. A user needs no privilege to change
 * its own password. A user name of the secret means what it means to Oracle: `app` is APP, `"app"` is not.
 */
export class OracleDatabase implements Database {
  readonly engine = 'oracle';
  readonly canTakeBack = false;
  readonly #options: OracleOptions;
  #oneWayTrust: Promise<string> | undefined;

  constructor(options: OracleOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.config.name;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const { config, redactor } = this.#options;
    const { username, password } = credential;
    const dictionaryName = dictionaryNameOf(username, this.name);
    const connection = await this.#connect(credential);
    if (connection === 'refused') return 'refused';
    return new OracleSession({
      connection,
      username,
      dictionaryName,
      password,
      testQuery: config.testQuery,
      overlap: config.overlap ?? 'auto',
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const { redactor, superuser } = this.#options;
    if (superuser === undefined) return undefined;
    const dictionaryName = dictionaryNameOf(username, this.name);
    const credential = await superuser();
    const connection = await this.#connect(credential).catch((error: unknown) => {
      throw isOfAccount(error) ? this.#superuserError(credential, error) : error;
    });
    if (connection === 'refused') throw this.#superuserError(credential);
    return new OracleSuperuserSession({
      connection,
      superuser: credential.username,
      username,
      dictionaryName,
      redactor,
      subject: this.name,
    });
  }

  async #connect(credential: Credential): Promise<OracleConnection | 'refused'> {
    const { budget, redactor } = this.#options;
    redactor.add(credential.password.reveal());
    dictionaryNameOf(credential.username, this.name);
    const limitMs = budget.timeoutMs(LOGIN_MAX_MS);
    const attributes = await this.#attributes(credential, limitMs);
    const oracledb = await loadOracleDriver();
    const sockets = new OracleSockets();
    const opening = sockets.capture(async () => await oracledb.getConnection(attributes));
    try {
      // The driver's own timeouts end with ACCEPT; a server that falls silent then would hold it for ever.
      const connection = await within(limitMs, opening);
      return new OracleConnection({ connection, sockets, budget });
    } catch (error) {
      sockets.destroy();
      abandon(opening);
      if (isLoginRefused(error)) return 'refused';
      if (sockets.hasRefusedPlainText) throw this.#plainTextError();
      throw loginError(error, { subject: this.name, redactor });
    }
  }

  async #attributes(credential: Credential, timeoutMs: number): Promise<ThinAttributes> {
    return {
      user: credential.username,
      password: credential.password.reveal(),
      connectString: descriptorOf(this.#options.config, { timeoutMs }),
      program: 'lockstep',
      ...(await this.#walletAttributes()),
    };
  }

  async #walletAttributes(): Promise<Pick<ThinAttributes, 'walletContent' | 'walletPassword'>> {
    const { trust, clock } = this.#options;
    if (trust === 'system') return {};
    if ('ca' in trust) {
      this.#oneWayTrust ??= makeOneWayTrust(trust.ca, clock);
      return { walletContent: await this.#oneWayTrust };
    }
    const { wallet, password } = trust;
    return {
      walletContent: wallet,
      ...(password === undefined ? {} : { walletPassword: password }),
    };
  }

  #superuserError({ username }: Credential, reason?: LockstepError): ConfigurationError {
    const secret =
      `the superuser secret ${this.#options.config.superuserSecretArn ?? ''}`.trimEnd();
    return new ConfigurationError(
      reason === undefined
        ? `the database refuses the superuser ${username}`
        : `the superuser ${username} cannot log in: ${reason.name}`,
      {
        subject: this.name,
        remedy: `put the user name and password of one that can into ${secret}${reason === undefined ? '' : `, or ${reason.remedy}`}`,
        cause: reason,
      },
    );
  }

  #plainTextError(): DatabaseTlsError {
    return new DatabaseTlsError('the listener sent the client on to an address without TLS', {
      subject: this.name,
      remedy: 'use a TCPS service of the database; its redirects must be TCPS too',
    });
  }
}

/** Whether a login failed for a reason that lies with the account, which is for whoever keeps its secret to mend. */
function isOfAccount(error: unknown): error is LockstepError {
  return [AccountLockedError, PasswordExpiredError, NotPermittedError].some(
    (kind) => error instanceof kind,
  );
}

/** A connection that opens after it was given up is closed. */
function abandon(opening: Promise<Connection>): void {
  opening
    .then(async (connection) => {
      await connection.close();
    })
    .catch(() => undefined);
}
