import { nativeHash } from '../../lambda/adapters/mariadb-hash.ts';
import { identifiedVia, parseMethods } from '../../lambda/adapters/mariadb-methods.ts';

const [ONE, TWO] = [
  '*CE48A6763913E3A87BEADCB19358DF4BFBF208B2',
  '*1439AFF223702FE1D2AB227E0E8953947DAAD541',
];

// As `SELECT PASSWORD('…')` of MariaDB 10.11 gives them.
test.each([
  ['first-example', '*CE48A6763913E3A87BEADCB19358DF4BFBF208B2'],
  ['password', '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'],
  ['Grüße 中文', '*FA7CBC83E12AE6F3E6ACAE7BA1308750A7A01A3E'],
])('makes of %s what MariaDB stores', (password, hash) => {
  expect(nativeHash(password)).toBe(hash);
});

const native = (stored: string): object => ({ plugin: 'mysql_native_password', stored });

test.each([
  ['CREATE USER `app`@`%`', [native('')]],
  [`CREATE USER \`app\`@\`%\` IDENTIFIED BY PASSWORD '${ONE}'`, [native(ONE)]],
  [
    `CREATE USER \`app\`@\`%\` IDENTIFIED BY PASSWORD '${ONE}' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7 ACCOUNT LOCK PASSWORD EXPIRE`,
    [native(ONE)],
  ],
  [
    `CREATE USER \`app\`@\`%\` IDENTIFIED VIA mysql_native_password USING '${ONE}' OR mysql_native_password USING '${TWO}' REQUIRE SSL`,
    [native(ONE), native(TWO)],
  ],
  [
    `CREATE USER "app"@"10.%" IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket`,
    [native('invalid'), { plugin: 'unix_socket', stored: '' }],
  ],
  [
    "CREATE USER `app`@`%` IDENTIFIED VIA ed25519 USING 'Dd7q4pKe4GIqTDzCmGA3RYAH6c4FjDv4zmCBvMvHLgk'",
    [{ plugin: 'ed25519', stored: 'Dd7q4pKe4GIqTDzCmGA3RYAH6c4FjDv4zmCBvMvHLgk' }],
  ],
  [
    `CREATE USER \`a\`\`b" IDENTIFIED VIA unix_socket'\`@\`%\` IDENTIFIED BY PASSWORD '${TWO}'`,
    [native(TWO)],
  ],
  ['CREATE USER `app`@`%` REQUIRE X509', [native('')]],
])('reads the methods of %s', (createUser, methods) => {
  expect(parseMethods(createUser)).toEqual(methods);
});

test.each([
  '',
  'undefined',
  'CREATE ROLE `app`',
  "CREATE USER `app`@`%` IDENTIFIED VIA pam USING 'mariadb' AND mysql_native_password",
  'CREATE USER `app`@`%` IDENTIFIED BY RANDOM PASSWORD',
  "CREATE USER 'app'@'%' IDENTIFIED WITH 'caching_sha2_password'",
])('fails when the description is of no known form: %s', (createUser) => {
  expect(parseMethods(createUser)).toBeUndefined();
});

test('writes one method for each password, and one for the same password twice', () => {
  expect(identifiedVia([ONE])).toBe(`IDENTIFIED VIA mysql_native_password USING '${ONE}'`);
  expect(identifiedVia([ONE, TWO])).toBe(
    `IDENTIFIED VIA mysql_native_password USING '${ONE}' OR mysql_native_password USING '${TWO}'`,
  );
  expect(identifiedVia([ONE, ONE])).toBe(`IDENTIFIED VIA mysql_native_password USING '${ONE}'`);
});
