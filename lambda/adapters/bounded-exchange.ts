import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import { readBounded, TooLongError } from './bounded-bytes.ts';

/** One attempt, from connecting to the last byte of the answer. */
const ATTEMPT_MAX_MS = 5_000;
const ATTEMPTS_MAX = 3;
const WAIT_MS = 200;

/** Every attempt ended without an answer, or with one that says that the service is out of order. It never leaves an adapter. */
export class NoUsableAnswerError extends Error {
  override readonly name = 'NoUsableAnswerError';
}

export interface BoundedExchange {
  /** A PUT must be one that does no harm twice: its answer may be lost. @default 'GET' */
  readonly method?: 'GET' | 'PUT';
  readonly body?: string;
  /** The headers of one attempt; a signature has a date. @default none */
  readonly headers?: () => Promise<Headers>;
  /** Of the answer. */
  readonly bytesMax: number;
  /** @default 5 seconds */
  readonly attemptMaxMs?: number;
  readonly budget: TimeBudget;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** What came back, whatever its status says. */
export interface BoundedAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/**
 * Sends a request, and follows no redirect: where that leads, nobody has looked at. Attempts without an answer, and those
 * answered with 429 or 5xx, are repeated.
 *
 * @throws NoUsableAnswerError, TooLongError, DeadlineError
 */
export async function exchangeBounded(
  url: string,
  { method = 'GET', body, headers, bytesMax, attemptMaxMs, budget, clock }: BoundedExchange,
): Promise<BoundedAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.timeout(budget.timeoutMs(attemptMaxMs ?? ATTEMPT_MAX_MS));
    const given = await headers?.();
    const init = { method, signal, ...(given && { headers: given }), ...(body && { body }) };
    const outcome = await exchange(url, init, bytesMax);
    if (!(outcome instanceof NoUsableAnswerError)) return outcome;
    if (attempt === ATTEMPTS_MAX) throw outcome;
    await clock.sleep(WAIT_MS * attempt);
  }
}

async function exchange(
  url: string,
  init: RequestInit,
  bytesMax: number,
): Promise<BoundedAnswer | NoUsableAnswerError> {
  try {
    const { status, body } = await fetch(url, { ...init, redirect: 'manual' });
    const bytes = body === null ? new Uint8Array() : await readBounded(body, bytesMax);
    if (status === 429 || status >= 500) return new NoUsableAnswerError(`status ${status}`);
    return { status, bytes };
  } catch (error) {
    if (error instanceof TooLongError) throw error;
    return new NoUsableAnswerError('no whole answer came', { cause: error });
  }
}
