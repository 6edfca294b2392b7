/** The driver's own error for an answer that did not come in time; it never leaves an adapter. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Waits for `work`, but not longer than `limitMs`. The work itself is not stopped; what becomes of it later is nobody's
 * business any more, failures included.
 *
 * @throws NoAnswerError when the time is up, and what `work` throws
 */
export async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new NoAnswerError(`no answer within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
