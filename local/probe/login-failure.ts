import { NoAnswerError } from '../../lambda/adapters/deadline.ts';

/** `refused`: the database itself said that user name or password is wrong, and nothing else. */
export interface LoginFailure {
  readonly outcome: 'refused' | 'error';
  readonly code: string;
}

/** A locked or expired account, for one, is another matter (databases.md 0, rule 2). */
const REFUSAL_CODES: readonly string[] = ['28P01', '1045', 'ORA-01017'];

/** What `pg` says, without a code, when the server accepts the connection and stays silent. */
const PG_NO_ANSWER = 'timeout expired';

/** What a driver's error says, by its number alone: its text may quote anything. */
export function loginFailure(error: unknown): LoginFailure {
  const code = codeOf(error);
  return { outcome: REFUSAL_CODES.includes(code) ? 'refused' : 'error', code };
}

function codeOf(error: unknown): string {
  if (error instanceof NoAnswerError) return 'no answer';
  const { code, errno, errorNum, message } = Object(error) as Partial<Record<string, unknown>>;
  if (typeof errorNum === 'number' && errorNum > 0) {
    return `ORA-${String(errorNum).padStart(5, '0')}`;
  }
  // Of MySQL; those of the operating system are negative.
  if (typeof errno === 'number' && errno > 0) return String(errno);
  if (typeof code === 'string') return code;
  return message === PG_NO_ANSWER ? 'no answer' : 'unknown';
}
