import type { Credential } from './credential.ts';
import type { SecretDocument } from './secret-document.ts';

interface Address {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What of a database's configuration stands in its connection strings. */
export type ConnectionTarget =
  | (Address & { readonly engine: 'postgres'; readonly database: string })
  | (Address & { readonly engine: 'mysql' | 'mariadb'; readonly database?: string | undefined })
  | (Address & { readonly engine: 'oracle'; readonly serviceName: string });

/** One database in the forms that clients take. All of them ask for verified TLS. */
export interface ConnectionStrings {
  readonly url: string;
  /** Left out where the driver knows no way to write a character of this credential. */
  readonly jdbc?: string | undefined;
  /** Oracle's connect descriptor. It holds no credential. */
  readonly tns?: string | undefined;
}

/**
 * The document that holds the credential and, by database, its connection strings. Equal input gives an equal text.
 *
 * A generated password stands in every form as it is; one that a person once chose is written as each client reads it.
 */
export function withConnectionStrings(
  targets: readonly ConnectionTarget[],
  { credential }: Pick<SecretDocument, 'credential'>,
): SecretDocument {
  const fields = {
    username: credential.username,
    password: credential.password.reveal(),
    connectionStrings: Object.fromEntries(
      targets.map((target) => [target.name, connectionStringsOf(target, credential)]),
    ),
  };
  return { text: JSON.stringify(fields), fields, credential };
}

function connectionStringsOf(target: ConnectionTarget, credential: Credential): ConnectionStrings {
  switch (target.engine) {
    case 'postgres':
      return postgresStrings(target, credential);
    case 'mysql':
      return mysqlStrings(target, credential);
    case 'mariadb':
      return mariadbStrings(target, credential);
    case 'oracle':
      return oracleStrings(target, credential);
  }
}

type Target<Engine> = Extract<ConnectionTarget, { readonly engine: Engine }>;
type MysqlTarget = Target<'mysql' | 'mariadb'>;

/** libpq's URI and pgJDBC's URL: both decode %XX; pgJDBC reads a bare + as a space, so none is left bare. */
function postgresStrings(target: Target<'postgres'>, credential: Credential): ConnectionStrings {
  const place = `${authority(target)}/${encodeURIComponent(target.database)}`;
  return {
    url: `postgresql://${userInfo(credential)}@${place}?sslmode=verify-full`,
    jdbc: `jdbc:postgresql://${place}?${jdbcLogin(credential)}&sslmode=verify-full`,
  };
}

/** MySQL's URI-like string and Connector/J's URL: both decode %XX, and Connector/J a bare + as pgJDBC does. */
function mysqlStrings(target: MysqlTarget, credential: Credential): ConnectionStrings {
  const place = `${authority(target)}/${encodeURIComponent(target.database ?? '')}`;
  return {
    url: `mysql://${userInfo(credential)}@${place}?ssl-mode=VERIFY_IDENTITY`,
    jdbc: `jdbc:mysql://${place}?${jdbcLogin(credential)}&sslMode=VERIFY_IDENTITY`,
  };
}

/**
 * MariaDB Connector/J decodes nothing: it splits the query at every & and each part at its first =
 * (org.mariadb.jdbc.Configuration, 3.5).
 */
function mariadbStrings(target: MysqlTarget, credential: Credential): ConnectionStrings {
  const { database = '' } = target;
  const { username } = credential;
  const password = credential.password.reveal();
  const url = `mariadb://${userInfo(credential)}@${authority(target)}/${encodeURIComponent(database)}?sslMode=verify-full`;
  if (`${username}${password}`.includes('&') || /[?/]/.test(database)) return { url };
  return {
    url,
    jdbc: `jdbc:mariadb://${authority(target)}/${database}?user=${username}&password=${password}&sslMode=verify-full`,
  };
}

/**
 * The URL is SQLAlchemy's for python-oracledb, with the address in `dsn`: with host and port it would ask for TCP without
 * TLS (its dialect makes the descriptor by makedsn). JDBC Thin and `dsn` take Easy Connect Plus; JDBC wants a password in
 * double quotes as soon as it has other characters than letters, digits and _ $ #. Oracle knows no password with a double
 * quote in it.
 */
function oracleStrings(target: Target<'oracle'>, credential: Credential): ConnectionStrings {
  const { host, port, serviceName } = target;
  const password = credential.password.reveal();
  const easyConnect = `tcps://${authority(target)}/${serviceName}?ssl_server_dn_match=yes`;
  return {
    url: `oracle+oracledb://${userInfo(credential)}@/?dsn=${encodeURIComponent(easyConnect)}`,
    ...(!password.includes('"') && {
      jdbc: `jdbc:oracle:thin:${oracleUser(credential)}/"${password}"@${easyConnect}`,
    }),
    tns:
      `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=${host})(PORT=${port}))` +
      `(CONNECT_DATA=(SERVICE_NAME=${serviceName}))(SECURITY=(SSL_SERVER_DN_MATCH=yes)))`,
  };
}

const PLAIN_OR_QUOTED = /^([A-Za-z][\w$#]*|"[^"]*")$/;

/** As the name stands in the secret; in quotes, and in capitals as Oracle has it then, where it needs them. */
function oracleUser({ username }: Credential): string {
  return PLAIN_OR_QUOTED.test(username) ? username : `"${username.toUpperCase()}"`;
}

function userInfo({ username, password }: Credential): string {
  return `${encodeURIComponent(username)}:${encodeURIComponent(password.reveal())}`;
}

function jdbcLogin({ username, password }: Credential): string {
  return `user=${encodeURIComponent(username)}&password=${encodeURIComponent(password.reveal())}`;
}

/** Host and port; an IPv6 address in brackets. */
function authority({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
