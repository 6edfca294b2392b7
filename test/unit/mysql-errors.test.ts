import {
  beforeTlsError,
  changeError,
  isLoginRefused,
  loginError,
  statementError,
  testQueryError,
} from '../../lambda/adapters/mysql-errors.ts';
import { DeadlineError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const CONTEXT = { subject: 'rds', redactor: new Redactor() };

/** As mysql2 makes it of an ERR packet; its names are of MySQL only, so this one says nothing. */
function answer(errno: number, message = 'no'): Error {
  const code = 'ER_ANY';
  return Object.assign(new Error(message), { errno, code, sqlState: 'HY000', sqlMessage: message });
}

function failure(code: string, message: string, rest: object = {}): Error {
  return Object.assign(new Error(message), { code, ...rest });
}

describe('a refused login', () => {
  test('is error 1045 and no other', () => {
    expect(isLoginRefused(answer(1045))).toBe(true);
    for (const number of [1044, 1130, 1227, 1698, 1862, 3118, 3955, 4150, 4151]) {
      expect(isLoginRefused(answer(number))).toBe(false);
    }
  });

  test('is nothing that the operating system or the driver says', () => {
    expect(isLoginRefused(failure('ECONNREFUSED', 'refused', { errno: 1045 }))).toBe(false);
    expect(isLoginRefused(failure('ER_ACCESS_DENIED_ERROR', 'denied'))).toBe(false);
    expect(isLoginRefused(undefined)).toBe(false);
  });
});

test.each([
  [answer(1040), 'DatabaseUnreachableError'],
  [answer(1203), 'DatabaseUnreachableError'],
  [answer(1226), 'DatabaseUnreachableError'],
  [answer(1129), 'DatabaseUnreachableError'],
  [answer(3032), 'DatabaseUnreachableError'],
  [answer(1053), 'DatabaseUnreachableError'],
  [answer(1130), 'NotPermittedError'],
  [answer(1044), 'NotPermittedError'],
  [answer(1049), 'DatabaseError'],
  [answer(1251), 'NotPermittedError'],
  [answer(1524), 'NotPermittedError'],
  [answer(1698), 'NotPermittedError'],
  [answer(3118), 'AccountLockedError'],
  [answer(3955), 'AccountLockedError'],
  [answer(4150), 'AccountLockedError'],
  [answer(4151), 'AccountLockedError'],
  [answer(1862), 'PasswordExpiredError'],
  [answer(1820), 'PasswordExpiredError'],
  [failure('AUTH_SWITCH_PLUGIN_ERROR', 'unknown plugin client_ed25519'), 'NotPermittedError'],
  [failure('MYSQL_CLEAR_PASSWORD_NOT_ENABLED', 'in plaintext'), 'NotPermittedError'],
  [failure('HANDSHAKE_NO_SSL_SUPPORT', 'no'), 'DatabaseTlsError'],
  [failure('HANDSHAKE_SSL_ERROR', 'certificate has expired'), 'DatabaseTlsError'],
  [failure('HANDSHAKE_SSL_ERROR', 'write EPROTO 0A00042E', { errno: -71 }), 'DatabaseTlsError'],
  [failure('HANDSHAKE_SSL_ERROR', 'read ECONNRESET', { errno: -104 }), 'DatabaseUnreachableError'],
  [
    failure(
      'HANDSHAKE_SSL_ERROR',
      'Client network socket disconnected before secure TLS connection was established',
    ),
    'DatabaseUnreachableError',
  ],
  [failure('ECONNREFUSED', 'refused', { errno: -111 }), 'DatabaseUnreachableError'],
  [failure('ENOTFOUND', 'no such name', { errno: -3008 }), 'DatabaseUnreachableError'],
  [failure('PROTOCOL_CONNECTION_LOST', 'lost'), 'DatabaseUnreachableError'],
  [
    new Error("Can't add new command when connection is in closed state"),
    'DatabaseUnreachableError',
  ],
  ['something that is no error', 'DatabaseUnreachableError'],
  [new DeadlineError(), 'DeadlineError'],
])('tells what a login fails with by its kind: %s', (error, name) => {
  expect(loginError(error, CONTEXT).name).toBe(name);
});

test.each([
  [answer(1045), 'DatabaseTlsError'],
  [answer(3118), 'DatabaseTlsError'],
  [answer(1862), 'DatabaseTlsError'],
  [failure('AUTH_SWITCH_PLUGIN_ERROR', 'unknown plugin'), 'DatabaseTlsError'],
  [answer(1040), 'DatabaseUnreachableError'],
  [answer(1130), 'NotPermittedError'],
  [failure('ECONNREFUSED', 'refused', { errno: -111 }), 'DatabaseUnreachableError'],
  [failure('HANDSHAKE_SSL_ERROR', 'certificate has expired'), 'DatabaseTlsError'],
  [new DeadlineError(), 'DeadlineError'],
])('believes no answer to a login before TLS: %s', (error, name) => {
  expect(beforeTlsError(error, CONTEXT).name).toBe(name);
});

test.each([
  [answer(1205), 'DatabaseUnreachableError', 'DatabaseUnreachableError'],
  [answer(1317), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [answer(1969), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [answer(3024), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [answer(1927), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [answer(1053), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [answer(1819), 'PasswordPolicyError', 'PasswordPolicyError'],
  [answer(3638), 'PasswordPolicyError', 'PasswordPolicyError'],
  [answer(1227), 'NotPermittedError', 'NotPermittedError'],
  [answer(1142), 'NotPermittedError', 'NotPermittedError'],
  [answer(3892), 'NotPermittedError', 'NotPermittedError'],
  [answer(3894), 'OverlapError', 'OverlapError'],
  [answer(1396), 'DatabaseError', 'DatabaseError'],
  [answer(1064), 'DatabaseError', 'DatabaseError'],
  [failure('PROTOCOL_CONNECTION_LOST', 'lost'), 'DatabaseUnreachableError', 'OutcomeUnknownError'],
  [new DeadlineError(), 'DeadlineError', 'DeadlineError'],
])('tells a statement and a change that fail with %s by their kinds', (error, name, atChange) => {
  expect(statementError(error, CONTEXT).name).toBe(name);
  expect(changeError(error, CONTEXT).name).toBe(atChange);
});

test.each([
  ['--read-only option', 'DatabaseError', 'the server is read-only'],
  ['--super-read-only option', 'DatabaseError', 'the server is read-only'],
  ['--strict-password-validation option', 'NotPermittedError', 'takes no hash of a password'],
  ['--skip-grant-tables option', 'DatabaseError', 'error 1290'],
])('tells by its text which option error 1290 is about: %s', (option, name, finding) => {
  const text = `The server is running with the ${option} so it cannot execute this statement`;
  const error = changeError(answer(1290, text), CONTEXT);
  expect(error.name).toBe(name);
  expect(error.message).toContain(finding);
});

test.each([
  [answer(1142), 'TestQueryError'],
  [answer(3024), 'TestQueryError'],
  [answer(1969), 'TestQueryError'],
  [answer(1053), 'DatabaseUnreachableError'],
  [failure('PROTOCOL_CONNECTION_LOST', 'lost'), 'DatabaseUnreachableError'],
  [new DeadlineError(), 'DeadlineError'],
])('tells a test query that fails with %s by its kind', (error, name) => {
  expect(testQueryError(error, CONTEXT).name).toBe(name);
});

test('names the superuser and what to grant it', () => {
  const error = statementError(answer(1227), { ...CONTEXT, superuser: 'master' });
  expect(error.message).toContain('the superuser master lacks a privilege');
  expect(error.remedy).toContain('grant master CREATE USER ON *.*');
});

test('takes secrets out of what the server says, and leaves the statement behind', () => {
  const redactor = new Redactor();
  redactor.add('Example_password_01');
  const text = "syntax to use near 'Example_password_01' REPLACE";
  const error = Object.assign(answer(1064, text), { sql: "IDENTIFIED BY 'Example_password_01'" });
  const { cause } = statementError(error, { subject: 'rds', redactor });
  expect(String(cause)).toContain("near '[redacted]' REPLACE");
  expect(Object.keys(cause as object)).not.toContain('sql');
});
