import { changeError, loginError, statementError } from '../../lambda/adapters/oracle-errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const context = { subject: 'adb', redactor: new Redactor() };

/** As node-oracledb rejects. */
function driverError(message: string): Error {
  return Object.assign(new Error(message), { code: /^[A-Z]+-\d+/.exec(message)?.[0] });
}

test.each([
  ['ORA-28000: the account is locked', 'AccountLockedError'],
  ['ORA-28001: the password has expired', 'PasswordExpiredError'],
  ['ORA-01045: user APP lacks CREATE SESSION privilege', 'NotPermittedError'],
  ['ORA-12541: no listener', 'DatabaseUnreachableError'],
  ['ORA-01109: database not open', 'DatabaseUnreachableError'],
  ['ORA-02391: exceeded simultaneous SESSIONS_PER_USER limit', 'DatabaseUnreachableError'],
  ['NJS-116: password verifier type 0x939 is not supported', 'DatabaseError'],
  ['NJS-173: unexpected value', 'DatabaseError'],
  ['NJS-503: connection to host x could not be established', 'DatabaseUnreachableError'],
  ['NJS-510: connection to host x timed out', 'DatabaseUnreachableError'],
  ['NJS-511: listener refused. Cause: ORA-12528', 'DatabaseUnreachableError'],
  ['NJS-518: Service "x" is not registered', 'DatabaseUnreachableError'],
  ['NJS-530: The host addresses are unresolvable', 'DatabaseUnreachableError'],
  ['NJS-505: unable to initiate TLS connection', 'DatabaseTlsError'],
  ['NJS-506: TLS handshake failure.\nself-signed certificate', 'DatabaseTlsError'],
  ['NJS-506: TLS handshake failure.\nread ECONNRESET', 'DatabaseUnreachableError'],
  [
    'NJS-506: TLS handshake failure.\nClient network socket disconnected before secure TLS connection was established',
    'DatabaseUnreachableError',
  ],
  [
    'NJS-500: connection was closed or broken\nNJS-501: 0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca',
    'DatabaseTlsError',
  ],
  ['socket hang up', 'DatabaseUnreachableError'],
])('tells at the login: %s', (message, name) => {
  expect(loginError(driverError(message), context).name).toBe(name);
});

test.each([
  ['ORA-28003: password verification failed\nORA-20000: too short', 'PasswordPolicyError'],
  ['ORA-28007: the password cannot be reused', 'PasswordPolicyError'],
  ['ORA-28219: verification failed for mandatory profile', 'PasswordPolicyError'],
  ['ORA-28008: invalid old password', 'DatabaseError'],
  ['ORA-16000: database open for read-only access', 'DatabaseError'],
  ['ORA-28000: the account is locked', 'AccountLockedError'],
  ['NJS-500: connection to Oracle Database was closed or broken', 'OutcomeUnknownError'],
  ['NJS-123: call timeout of 8000 ms exceeded', 'OutcomeUnknownError'],
  ['NJS-102: unexpected end of data', 'OutcomeUnknownError'],
  ['ORA-03135: connection lost contact', 'OutcomeUnknownError'],
  ['no answer within 10000 ms', 'OutcomeUnknownError'],
])('tells at the change: %s', (message, name) => {
  expect(changeError(driverError(message), context).name).toBe(name);
});

test('keeps the code and the text of the driver as cause, without what is secret', () => {
  const redactor = new Redactor();
  redactor.add('Second_password_02');
  const error = statementError(driverError('ORA-00942: Second_password_02 does not exist'), {
    subject: 'adb',
    redactor,
  });
  expect(String(error.cause)).toBe('Error: ORA-00942: [redacted] does not exist');
  expect(error.message).toBe(
    'adb: the database answered with ORA-00942. Next: look the code up in the Oracle error manual.',
  );
});
