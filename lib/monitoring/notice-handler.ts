import { type Notice, readNotice } from './notice.ts';

/** Runs in Lambda. What it returns goes to EventBridge by the function's destination, so it needs no SDK. */
export const handler = async (event: unknown): Promise<Notice> =>
  await Promise.resolve(readNotice(event));
