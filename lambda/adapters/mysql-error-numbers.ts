// The numbers that MySQL and MariaDB give their errors (their mysqld_error.h). Not the names: from 4000 on the two have
// different errors under one number, and mysql2 knows MySQL's names only, so it calls an account that MariaDB has locked
// ER_BULK_PARSER_INCOMPLETE_ESCAPE_SEQUENCE.

export const NOT_PERMITTED = 1227;
export const NO_SUCH_ACCOUNT = 1396;
export const CURRENT_PASSWORD_WRONG = 3891;
export const CURRENT_PASSWORD_NOT_OURS = 3893;
export const ACCESS_DENIED = 1045;
export const HOST_NOT_PERMITTED = 1130;

export const LOCKED = [3118, 3955, 4150, 4151];
export const EXPIRED = [1820, 1862];
/** Validation, history. */
export const POLICY = [1819, 3638];
/** Too many connections, limits of the user, a host blocked for its errors, memory, threads, offline. */
export const TURNED_AWAY = [1040, 1129, 1203, 1226, 1037, 1038, 1041, 1135, 3032, 3168];
/** Shutting down, disk, storage, network, killed, idle for too long: what became of the statement is not known. */
export const OUT_OF_ORDER = [
  1053, 1021, 1026, 1030, 1077, 1080, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1927, 3169, 4031,
];
/** Killed or out of time on the server. MariaDB, which waits for SET PASSWORD whatever lock_wait_timeout says, has 1969. */
export const INTERRUPTED = [1317, 1969, 3024];
/** Lock wait, deadlock. Nothing happened. */
export const BUSY = [1205, 1213];
/** No privilege on the table, the column, the database. */
export const NO_PRIVILEGE = [NOT_PERMITTED, 1044, 1142, 1143];
/** The method is unknown to the driver or the server, needs the password in clear, or is none with a password. */
export const METHODS = [
  'AUTH_SWITCH_PLUGIN_ERROR',
  'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
  1251,
  1524,
  1698,
];
/** The driver calls a line that is cut during the handshake a failed handshake. */
export const LINE_CUT = /disconnected before secure TLS|ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED/;

/** Whether an error is what the server answered. After any other the connection cannot be used again. */
export function hasServerAnswered(error: unknown): boolean {
  return numberOf(error) !== undefined;
}

/** The server's number for an error; undefined where it is none of the server's. */
export function numberOf(error: unknown): number | undefined {
  const { errno, sqlMessage } = partsOf(error);
  // Errors of the operating system have an errno too, below zero.
  return typeof sqlMessage === 'string' && typeof errno === 'number' ? errno : undefined;
}

export function partsOf(error: unknown): {
  code: string;
  message: string;
  errno: unknown;
  sqlMessage: unknown;
} {
  const { code, message, errno, sqlMessage } = Object(error) as Record<string, unknown>;
  return { code: textOf(code), message: textOf(message), errno, sqlMessage };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
