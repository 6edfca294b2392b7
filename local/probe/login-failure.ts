import { NoAnswerError } from '../../lambda/adapters/deadline.ts';

/** `refused`: the database itself said that user name or password is wrong, and nothing else. */
export interface LoginFailure {
  readonly outcome: 'refused' | 'error';
  readonly code: string;
}

/** More likely a machine that is too busy than a database that keeps somebody out. */
export const NO_ANSWER = 'no answer';

/** A locked or expired account, for one, is another matter (databases.md 0, rule 2). */
const REFUSAL_CODES: readonly string[] = ['28P01', '1045', 'ORA-01017'];

/** What the drivers say when the server stays silent: mysql2 twice, node-oracledb twice. */
const SILENCE_CODES: readonly string[] = [
  'ETIMEDOUT',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'NJS-510',
  'NJS-123',
];
/** The same of `pg`, which gives no code. */
const SILENCE_TEXTS: readonly string[] = ['timeout expired', 'Query read timeout'];

/** What a driver's error says, by its number alone: its text may quote anything. */
export function loginFailure(error: unknown): LoginFailure {
  const code = codeOf(error);
  return { outcome: REFUSAL_CODES.includes(code) ? 'refused' : 'error', code };
}

function codeOf(error: unknown): string {
  if (error instanceof NoAnswerError) return NO_ANSWER;
  const { code, errno, errorNum, message } = Object(error) as Partial<Record<string, unknown>>;
  if (typeof errorNum === 'number' && errorNum > 0) {
    return `ORA-${String(errorNum).padStart(5, '0')}`;
  }
  // Of MySQL; those of the operating system are negative.
  if (typeof errno === 'number' && errno > 0) return String(errno);
  if (SILENCE_CODES.includes(String(code)) || SILENCE_TEXTS.includes(String(message))) {
    return NO_ANSWER;
  }
  return typeof code === 'string' ? code : 'unknown';
}
