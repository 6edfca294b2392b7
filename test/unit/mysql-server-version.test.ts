import { requireServer } from '../../lambda/adapters/mysql-session-start.ts';
import { ConfigurationError, DatabaseError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const CONTEXT = { subject: 'rds', redactor: new Redactor() };

test.each([
  ['8.0.14', 'mysql'],
  ['8.0.36-28', 'mysql'],
  ['8.4.6', 'mysql'],
  ['9.7.4-2', 'mysql'],
  ['10.0.0', 'mysql'],
  ['10.4.34-MariaDB-log', 'mariadb'],
  ['10.11.18-MariaDB-0+deb12u1-log', 'mariadb'],
  ['11.8.9-MariaDB', 'mariadb'],
] as const)('takes %s for %s', (version, engine) => {
  expect(() => {
    requireServer(version, engine, CONTEXT);
  }).not.toThrow();
});

test.each([
  ['8.0.13', 'mysql', DatabaseError, '8.0.14'],
  ['5.7.44-rds.20240408', 'mysql', DatabaseError, '8.0.14'],
  ['10.3.39-MariaDB', 'mariadb', DatabaseError, '10.4.0'],
  ['8.4.6', 'mariadb', ConfigurationError, '"mysql"'],
  ['10.11.18-MariaDB', 'mysql', ConfigurationError, '"mariadb"'],
] as const)('fails when the server is %s and should be %s', (version, engine, kind, remedy) => {
  const check = (): void => {
    requireServer(version, engine, CONTEXT);
  };
  expect(check).toThrow(kind);
  expect(check).toThrow(remedy);
});
