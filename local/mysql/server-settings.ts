import type { Flavour } from './flavours.ts';

/** Options of the server by name, without the leading dashes. */
export type Settings = Readonly<Record<string, string>>;

/** Little memory, and no waiting for the disk. Creating the data folder uses them too. */
const STORAGE: Settings = {
  'innodb-buffer-pool-size': '32M',
  'innodb-flush-method': 'nosync',
  'innodb-flush-log-at-trx-commit': '0',
  'performance-schema': 'OFF',
};

const STORAGE_OF: Readonly<Record<Flavour, Settings>> = {
  mysql: {
    ...STORAGE,
    'loose-innodb-redo-log-capacity': '32M',
    'secure-file-priv': 'NULL',
    'disable-log-bin': '',
    // RSA keys that TLS makes needless.
    'auto-generate-certs': 'OFF',
    'caching-sha2-password-auto-generate-rsa-keys': 'OFF',
    'loose-sha256-password-auto-generate-rsa-keys': 'OFF',
  },
  mariadb: { ...STORAGE, 'innodb-log-file-size': '8M' },
};

const SERVICE: Settings = {
  // Stops at once, which a data folder that is to be used again would not bear.
  'innodb-fast-shutdown': '2',
  'bind-address': '127.0.0.1',
  'skip-name-resolve': 'ON',
  'require-secure-transport': 'ON',
  'tls-version': 'TLSv1.2,TLSv1.3',
  'general-log': 'ON',
};

/** Refused logins are told only to those who ask for more than the default. */
const SERVICE_OF: Readonly<Record<Flavour, Settings>> = {
  mysql: { ...SERVICE, 'log-error-verbosity': '3', 'loose-mysqlx': 'OFF' },
  mariadb: { ...SERVICE, 'log-warnings': '2' },
};

/** What a server is told when it makes its data folder. */
export function storageSettings(flavour: Flavour): Settings {
  return STORAGE_OF[flavour];
}

/** What a server is told when it serves. */
export function serviceSettings(flavour: Flavour): Settings {
  return { ...STORAGE_OF[flavour], ...SERVICE_OF[flavour] };
}

export function formatSettings(settings: Settings): string[] {
  return Object.entries(settings).map(([name, value]) =>
    value === '' ? `--${name}` : `--${name}=${value}`,
  );
}

/** How many lines of the server's own log say that it refused `user` a login. */
export function countRefusedLogins(log: string, user: string): number {
  const name = user.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  // MySQL:   2026-11-21T04:38:47.148888Z 9 [Note] [MY-010926] [Server] Access denied for user ...
  // MariaDB: 2026-11-21  4:38:43 4 [Warning] Access denied for user ...
  const head = '^\\S+(?: +[\\d:]+)? \\d+ \\[\\w+\\] (?:\\[MY-\\d+\\] \\[Server\\] )?';
  const refusal = `${head}Access denied for user '${name}'@'[^']*' \\(using password: `;
  return log.match(new RegExp(refusal, 'gm'))?.length ?? 0;
}
