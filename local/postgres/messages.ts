/** Codes that stand where a startup message has its protocol version. */
export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;

/** The request for SASL's first message; every other request wants a proof of the password. */
export const AUTHENTICATION_SASL = 10;

/** The server's state between statements: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = 'I' | 'T' | 'E';

export interface ErrorFields {
  /** `FATAL` ends the session, `ERROR` the statement. */
  readonly severity: 'ERROR' | 'FATAL';
  /** The SQLSTATE. */
  readonly code: string;
  readonly message: string;
}

export function sslRequest(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8, 0);
  bytes.writeInt32BE(SSL_REQUEST, 4);
  return bytes;
}

export function query(sql: string): Buffer {
  return message('Q', Buffer.from(`${sql}\0`));
}

export function errorResponse(error: ErrorFields): Buffer {
  const { severity, code, message: text } = error;
  return message('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`));
}

export function readyForQuery(status: TransactionStatus): Buffer {
  return message('Z', Buffer.from(status));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
