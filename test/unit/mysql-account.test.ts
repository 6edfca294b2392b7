import { parseAccount } from '../../lambda/adapters/mysql-account.ts';

test.each([
  ['app@%', 'app', '%'],
  ['app@10.0.0.0/255.255.255.0', 'app', '10.0.0.0/255.255.255.0'],
  ['name@example.com@localhost', 'name@example.com', 'localhost'],
  ['@localhost', '', 'localhost'],
])('reads the account %s', (text, user, host) => {
  expect(parseAccount(text)).toEqual({ user, host });
});
