/** A body is longer than it may be. It never leaves an adapter. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/**
 * Reads a body, of `fetch` or of an SDK, to its end.
 *
 * @param bytesMax where it is longer, reading stops and the connection is given up
 * @throws TooLongError, and what reading throws
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytesMax) throw new TooLongError(`more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
