import type { OracleConfig } from '../../config/database-config.ts';
import { ConfigurationError, DatabaseError } from '../domain/errors.ts';

const HOST = /^[A-Za-z0-9._:-]+$/;
const SERVICE_NAME = /^[A-Za-z0-9._$#-]+$/;
const UNQUOTED_USER = /^[^\s"[\]]{1,128}$/;
const QUOTED_USER = /^"[^"]{1,128}"$/;

/**
 * The connect descriptor of a database, made from the configuration alone: a wallet's tnsnames.ora could name another
 * address, and retries besides (ADB ships RETRY_COUNT=20).
 *
 * @param timeoutMs for each address that the host name stands for
 * @throws ConfigurationError when host or service name hold a character with a meaning in descriptors
 */
export function descriptorOf(
  { name, host, port, serviceName }: OracleConfig,
  { timeoutMs }: { readonly timeoutMs: number },
): string {
  for (const [key, value, form] of [
    ['host', host, HOST],
    ['serviceName', serviceName, SERVICE_NAME],
  ] as const) {
    if (form.test(value)) continue;
    throw new ConfigurationError(`"${key}" has characters that such a name cannot have`, {
      subject: name,
      remedy: `correct "${key}" of this database in rotations.json`,
    });
  }
  const seconds = Math.ceil(timeoutMs / 1000);
  return (
    `(DESCRIPTION=(CONNECT_TIMEOUT=${seconds})(TRANSPORT_CONNECT_TIMEOUT=${seconds})(RETRY_COUNT=0)` +
    `(ADDRESS=(PROTOCOL=TCPS)(HOST=${host})(PORT=${port}))` +
    `(CONNECT_DATA=(SERVICE_NAME=${serviceName}))` +
    `(SECURITY=(SSL_SERVER_DN_MATCH=yes)))`
  );
}

/**
 * The name that a user name of the secret stands for: as Oracle does, in capitals, unless it is in double quotes.
 * `app` and `APP` are the user APP; `"app"` is another one.
 *
 * @throws DatabaseError when it cannot be a user name; brackets would ask for a proxy session as somebody else
 */
export function dictionaryNameOf(username: string, subject: string): string {
  if (QUOTED_USER.test(username)) return username.slice(1, -1);
  if (UNQUOTED_USER.test(username)) return username.toUpperCase();
  throw new DatabaseError('the user name in the secret cannot be one of Oracle', {
    subject,
    remedy: 'write it as Oracle does: APP, or "app" in double quotes where case matters',
  });
}
