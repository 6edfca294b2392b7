import type { FaultErrors } from './under-faults.ts';

/** Number, name and SQLSTATE of what the stand-ins for MySQL and MariaDB answer, as mysql2 gives them. */
const ERRORS = {
  1040: ['ER_CON_COUNT_ERROR', '08004', 'Too many connections'],
  1045: ['ER_ACCESS_DENIED_ERROR', '28000', 'Access denied for user (using password: YES)'],
  1053: ['ER_SERVER_SHUTDOWN', '08S01', 'Server shutdown in progress'],
  1064: ['ER_PARSE_ERROR', '42000', 'You have an error in your SQL syntax'],
  1142: ['ER_TABLEACCESS_DENIED_ERROR', '42000', 'SELECT command denied to user'],
  1227: ['ER_SPECIFIC_ACCESS_DENIED_ERROR', '42000', 'Access denied; you need a privilege'],
  1290: ['ER_OPTION_PREVENTS_STATEMENT', 'HY000', 'The server is running with --read-only'],
  1396: ['ER_CANNOT_USER', 'HY000', 'Operation ALTER USER failed'],
  1819: [
    'ER_NOT_VALID_PASSWORD',
    'HY000',
    'Your password does not satisfy the current policy requirements',
  ],
  3638: [
    'ER_CREDENTIALS_CONTRADICT_TO_HISTORY',
    'HY000',
    'Cannot use these credentials because they contradict the password history policy',
  ],
  3891: ['ER_INCORRECT_CURRENT_PASSWORD', 'HY000', 'Incorrect current password.'],
  3892: [
    'ER_MISSING_CURRENT_PASSWORD',
    'HY000',
    'Current password needs to be specified in the REPLACE clause in order to change it.',
  ],
  3893: [
    'ER_CURRENT_PASSWORD_NOT_REQUIRED',
    'HY000',
    'Do not specify the current password while changing it for other users.',
  ],
  3955: [
    'ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK',
    'HY000',
    'Access denied for user. Account is blocked due to consecutive failed logins.',
  ],
} as const satisfies Record<number, readonly [string, string, string]>;

/** An error as mysql2 rejects with it where the server has answered. */
export function mysqlError(errno: keyof typeof ERRORS): Error {
  const [code, sqlState, message] = ERRORS[errno];
  return Object.assign(new Error(message), { errno, code, sqlState, sqlMessage: message });
}

/** An error of another number, as a fault plan names it: `code: '1053'`. */
function namedError(number: string, message: string | undefined): Error {
  const errno = Number(number);
  const known = (ERRORS as Partial<Record<number, readonly [string, string, string]>>)[errno];
  const [code, sqlState, text] = known ?? ['ER_UNKNOWN_ERROR', 'HY000', 'Unknown error'];
  const sqlMessage = message ?? text;
  return Object.assign(new Error(sqlMessage), { errno, code, sqlState, sqlMessage });
}

export const MYSQL_FAULT_ERRORS: FaultErrors = {
  refused: ({ code = '1053', message }) => namedError(code, message),
  throttled: () => mysqlError(1040),
  lost: (kind) =>
    kind === 'hang' || kind === 'delay'
      ? Object.assign(new Error('Query inactivity timeout'), {
          code: 'PROTOCOL_SEQUENCE_TIMEOUT',
          errno: 'PROTOCOL_SEQUENCE_TIMEOUT',
          fatal: true,
        })
      : Object.assign(new Error('Connection lost: The server closed the connection.'), {
          code: 'PROTOCOL_CONNECTION_LOST',
          fatal: true,
        }),
};

/** Shutting down, killed. */
const SESSION_ENDING = [1053, 1927];

/** Whether the line can be used after the error: the server answered, and did not end the session. */
export function staysOpen(error: unknown): boolean {
  const { errno } = error as { errno?: unknown };
  return typeof errno === 'number' && !SESSION_ENDING.includes(errno);
}
