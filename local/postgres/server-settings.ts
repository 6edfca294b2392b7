import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from '../certificate-authority.ts';
import { giveTo, type Account } from './temporary-folder.ts';

/** Settings of `postgresql.conf` by name; values are text as `ALTER SYSTEM SET` takes it. */
export type Settings = Readonly<Record<string, string>>;

/** Who a line of the log is about comes right after the process, so that a role's own lines can be told. */
const LOG_LINE_PREFIX = '%m [%p] %u ';

const SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  ssl: 'on',
  ssl_min_protocol_version: 'TLSv1.2',
  ssl_cert_file: 'server.crt',
  ssl_key_file: 'server.key',
  log_line_prefix: LOG_LINE_PREFIX,
  log_timezone: 'UTC',
  log_statement: 'all',
  log_connections: 'on',
  log_disconnections: 'on',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  io_method: 'sync',
  shared_buffers: '16MB',
};

/** Nothing but TLS with a password, the superuser included. */
const HOST_BASED_AUTHENTICATION = 'hostssl all all 127.0.0.1/32 scram-sha-256\n';

/** Writes what a freshly made data folder needs to serve over TLS with `identity`. */
export async function writeSettings(
  data: string,
  options: {
    readonly identity: Identity;
    readonly port: number;
    readonly settings: Settings;
    readonly account: Account | undefined;
  },
): Promise<void> {
  const { identity, port, settings, account } = options;
  const key = join(data, 'server.key');
  await writeFile(join(data, 'server.crt'), identity.certificatePem);
  await writeFile(key, identity.privateKeyPem, { mode: 0o600 });
  await giveTo(account, key);
  await writeFile(join(data, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
  const lines = Object.entries({ ...SETTINGS, port: String(port), ...settings }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  await appendFile(join(data, 'postgresql.conf'), lines.join(''));
}

/** How many lines of `log` say that `role` gave a wrong password, or that there is no such role. */
export function countRefusedLogins(log: string, role: string): number {
  const name = role.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const refusal = `^\\S+ \\S+ \\S+ \\[\\d+\\] ${name} FATAL: {2}password authentication failed for user "${name}"$`;
  return log.match(new RegExp(refusal, 'gm'))?.length ?? 0;
}
