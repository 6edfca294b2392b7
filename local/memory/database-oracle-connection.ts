import type { BindParameters } from 'oracledb';
import { OracleConnection, type Row } from '../../lambda/adapters/oracle-connection.ts';
import { dictionaryName, type Accounts } from '../oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';
import { OracleError } from '../oracle/oracle-error.ts';
import { select } from '../oracle/sql/select.ts';
import { parseStatement, type Statement } from '../oracle/sql/statement.ts';
import type { BindValue } from '../oracle/ttc/bind-values.ts';

export interface MemoryOracleConnectionOptions {
  readonly accounts: Accounts<PlainVerifier>;
  /** Who is logged in, as in the dictionary. */
  readonly user: string;
  /** One call to the server. */
  readonly call: <Result>(name: string, effect: () => Result) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** Few texts are sent over and over, by every session. */
const parsed = new Map<string, Statement>();
const TEXTS_MAX = 100;

/**
 * The adapter's connection over the account model and the SQL of the stand-in, without driver and network. What the
 * adapter's own sessions do with it is what they do with a server.
 */
export class MemoryOracleConnection extends OracleConnection {
  readonly #options: MemoryOracleConnectionOptions;

  constructor(options: MemoryOracleConnectionOptions) {
    // Everything that would reach for the driver's connection is replaced below.
    super({} as ConstructorParameters<typeof OracleConnection>[0]);
    this.#options = options;
  }

  override async query(text: string, binds: BindParameters = []): Promise<Row> {
    const { call } = this.#options;
    const values = Array.isArray(binds) ? (binds as readonly BindValue[]) : [];
    return await call('oracle:execute', () => this.#run(text, values));
  }

  override async changePassword(change: {
    readonly username: string;
    readonly from: string;
    readonly to: string;
  }): Promise<void> {
    const { accounts, user: by, call } = this.#options;
    const { username, from: oldPassword, to: newPassword } = change;
    await call('oracle:changePassword', () => {
      accounts.changePassword({ by, user: dictionaryName(username), oldPassword, newPassword });
    });
  }

  override async close(): Promise<void> {
    await this.#options.close();
  }

  #run(text: string, binds: readonly BindValue[]): Row {
    const { accounts, user } = this.#options;
    const statement = parse(text);
    if (statement.kind === 'alterUser') accounts.alterUser({ ...statement, by: user });
    if (statement.kind !== 'select') return [];
    const facts = { user, serviceName: 'memory', protocol: 'tcps', accounts } as const;
    return select(statement, { facts, binds }).rows[0] ?? [];
  }
}

/** @throws OracleError for a flaw in the text */
function parse(text: string): Statement {
  let statement = parsed.get(text);
  if (statement === undefined) {
    if (parsed.size >= TEXTS_MAX) parsed.clear();
    statement = parseStatement(text);
    parsed.set(text, statement);
  }
  return statement;
}

/** An error as node-oracledb rejects with it; anything but the server's own as it is. */
export function asDriverError(error: unknown): unknown {
  if (!(error instanceof OracleError)) return error;
  const code = error.message.slice(0, error.message.indexOf(':'));
  return Object.assign(new Error(error.message), { code, errorNum: error.ora });
}
