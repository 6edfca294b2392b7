import type { Connection, ConnectionAttributes } from 'oracledb';
import type { OracleConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import { DatabaseTlsError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { Database, DatabaseSession } from '../ports/database.ts';
import { within } from './deadline.ts';
import { descriptorOf, dictionaryNameOf } from './oracle-descriptor.ts';
import { isLoginRefused, loginError } from './oracle-errors.ts';
import { makeOneWayTrust } from './oracle-one-way-trust.ts';
import { OracleSession } from './oracle-session.ts';
import { OracleSockets } from './oracle-sockets.ts';
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

  async login(credential: Credential): Promise<DatabaseSession | 'refused'> {
    const { config, budget, redactor } = this.#options;
    redactor.add(credential.password.reveal());
    const dictionaryName = dictionaryNameOf(credential.username, this.name);
    const limitMs = budget.timeoutMs(LOGIN_MAX_MS);
    const attributes = await this.#attributes(credential, limitMs);
    // Loaded here, so that a rotation without Oracle does not load the driver.
    const { default: oracledb } = await import('oracledb');
    const sockets = new OracleSockets();
    const opening = sockets.capture(async () => await oracledb.getConnection(attributes));
    let connection: Connection;
    try {
      // The driver's own timeouts end with ACCEPT; a server that falls silent then would hold it for ever.
      connection = await within(limitMs, opening);
    } catch (error) {
      sockets.destroy();
      abandon(opening);
      if (isLoginRefused(error)) return 'refused';
      if (sockets.hasRefusedPlainText) throw this.#plainTextError();
      throw loginError(error, { subject: this.name, redactor });
    }
    return new OracleSession({
      connection,
      sockets,
      username: credential.username,
      dictionaryName,
      testQuery: config.testQuery,
      budget,
      redactor,
      subject: this.name,
    });
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

  #plainTextError(): DatabaseTlsError {
    return new DatabaseTlsError('the listener sent the client on to an address without TLS', {
      subject: this.name,
      remedy: 'use a TCPS service of the database; its redirects must be TCPS too',
    });
  }
}

/** A connection that opens after it was given up is closed. */
function abandon(opening: Promise<Connection>): void {
  opening
    .then(async (connection) => {
      await connection.close();
    })
    .catch(() => undefined);
}
