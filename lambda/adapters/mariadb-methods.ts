/** One of the ways in which an account may prove who it is; any of them will do. */
export interface LoginMethod {
  readonly plugin: string;
  /** What the plugin stores of the password; empty where it stores nothing. */
  readonly stored: string;
}

export const NATIVE = 'mysql_native_password';

const NAME = '`(?:[^`]|``)*`|"(?:[^"]|"")*"';
const METHOD = "\\w+(?: USING '[^']*')?";
const CREATE_USER = new RegExp(
  `^CREATE USER (?:${NAME})@(?:${NAME})` +
    `(?: IDENTIFIED (?:BY PASSWORD '(?<hash>[^']*)'|VIA (?<methods>${METHOD}(?: OR ${METHOD})*)))?` +
    '(?= (?:REQUIRE|WITH|ACCOUNT|PASSWORD) |$)',
);

/**
 * Reads the login methods of an account, in their order, from what `SHOW CREATE USER` gives.
 *
 * @returns undefined where the text is of no form that MariaDB is known to write
 */
export function parseMethods(createUser: string): readonly LoginMethod[] | undefined {
  const match = CREATE_USER.exec(createUser);
  if (match === null) return undefined;
  const { hash = '', methods } = match.groups ?? {};
  if (methods === undefined) return [{ plugin: NATIVE, stored: hash }];
  return methods.split(' OR ').map((method) => {
    const [plugin = '', stored = ''] = method.split(' USING ');
    return { plugin, stored: stored.slice(1, -1) };
  });
}

/** The clause that gives an account these passwords and no other, each by its hash, the newest first. */
export function identifiedVia(hashes: readonly string[]): string {
  const methods = [...new Set(hashes)].map((hash) => `${NATIVE} USING '${hash}'`);
  return `IDENTIFIED VIA ${methods.join(' OR ')}`;
}
