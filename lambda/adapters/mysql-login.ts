import { isIP } from 'node:net';
import type { Connection, ConnectionOptions } from 'mysql2';
import type { MariadbConfig, MysqlConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import { ConfigurationError, DatabaseError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import { within } from './deadline.ts';
import { MysqlConnection } from './mysql-connection.ts';
import { answeredTooSoon, beforeTlsError, isLoginRefused, loginError } from './mysql-errors.ts';
import { beginSession } from './mysql-session-start.ts';
import { MysqlSocket } from './mysql-socket.ts';

const LOGIN_MAX_MS = 10_000;

export interface MysqlFamilyOptions<Config extends MysqlConfig | MariadbConfig> {
  readonly config: Config;
  /** Certificates, PEM, that the server's own must chain to; left out: the public ones that Node ships. */
  readonly ca?: string | undefined;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  /** Reads what the superuser secret holds; left out: there is no superuser. Called when it is needed. */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

type Options = MysqlFamilyOptions<MysqlConfig | MariadbConfig>;

/**
 * Opens a connection, over verified TLS only, and puts its session in order.
 *
 * @param secret where the credential is from, for messages
 * @throws what Database throws
 */
export async function logIn(
  options: Options,
  credential: Credential,
  secret = 'the secret',
): Promise<MysqlConnection | 'refused'> {
  const { config, budget, redactor } = options;
  const subject = config.name;
  redactor.add(credential.password.reveal());
  if (credential.username === '') {
    throw new DatabaseError(`${secret} has an empty user name`, {
      subject,
      remedy: 'put the name of the user into it',
    });
  }
  const limitMs = budget.timeoutMs(LOGIN_MAX_MS);
  // Loaded here, so that a rotation without MySQL does not load the driver.
  // By its default: the bundle knows no other name of a CommonJS package that is loaded so.
  const { default: mysql } = await import('mysql2');
  const line = new MysqlSocket({ host: config.host, port: config.port });
  const driver = mysql.createConnection(driverOptions(options, credential, line));
  // An error with nobody waiting for an answer would otherwise end the process.
  driver.on('error', () => undefined);
  const connection = new MysqlConnection({ driver, line, budget });
  const context = { subject, redactor };
  try {
    await within(limitMs, opened(driver));
    if (!connection.isSafe) throw answeredTooSoon(context);
    await beginSession(connection, { config, budget, context });
    return connection;
  } catch (error) {
    const { isSafe } = connection;
    connection.destroy();
    if (!isSafe) throw beforeTlsError(error, context);
    if (isLoginRefused(error)) return 'refused';
    throw loginError(error, context);
  }
}

/**
 * Opens a connection as the superuser.
 *
 * @throws ConfigurationError when the server refuses it
 */
export async function logInAsSuperuser(
  options: Options,
  superuser: () => Promise<Credential>,
): Promise<{ readonly connection: MysqlConnection; readonly name: string }> {
  const { name: subject, superuserSecretArn } = options.config;
  const credential = await superuser();
  const secret = `the superuser secret ${superuserSecretArn ?? ''}`.trimEnd();
  const connection = await logIn(options, credential, secret);
  if (connection !== 'refused') return { connection, name: credential.username };
  throw new ConfigurationError(`the database refuses the superuser ${credential.username}`, {
    subject,
    remedy: `put its user name and password into ${secret}`,
  });
}

function driverOptions(
  { config, ca }: Options,
  { username, password }: Credential,
  line: MysqlSocket,
): ConnectionOptions {
  const expected = config.serverName ?? config.host;
  return {
    // By this name the driver verifies the certificate. It does not verify addresses, unless they look like names, to
    // which a dot at the end says nothing; Node takes that off.
    host: isIP(expected) === 0 ? expected : `${expected}.`,
    stream: () => line.socket,
    // An object of its own for each login, because the driver resumes TLS sessions by it, without verifying again.
    ssl: {
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: true,
      verifyIdentity: true,
      minVersion: 'TLSv1.2',
    },
    user: username,
    password: password.reveal(),
    ...(config.database === undefined ? {} : { database: config.database }),
    // The time is ours to keep.
    connectTimeout: 0,
    charset: 'utf8mb4',
    connectAttributes: { program_name: 'lockstep' },
    // The server may not ask for files, nor change how SQL is read.
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
    multipleStatements: false,
    enableCleartextPlugin: false,
    namedPlaceholders: false,
    rowsAsArray: true,
    disableEval: true,
  };
}

async function opened(driver: Connection): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    driver.connect((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
