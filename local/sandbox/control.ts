import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a running sandbox takes commands. */
export interface Control {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const ANSWER_MAX_MS = 10_000;
const COMMAND_BYTES_MAX = 200;

/**
 * Takes commands over HTTP on a free port of the loopback address: POST with the command as the body. The path is random,
 * so that a page in a browser of this machine cannot guess it.
 *
 * @param carryOut resolves to what was done, or to undefined where there is no such command
 */
export async function startControl(
  carryOut: (command: string) => Promise<string | undefined>,
): Promise<Control> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url !== path || request.method !== 'POST') return { status: 404, text: '' };
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const command = Buffer.concat(chunks).subarray(0, COMMAND_BYTES_MAX).toString('utf8');
      const done = await carryOut(command);
      return done === undefined ? { status: 400, text: '' } : { status: 200, text: done };
    })()
      .catch((error: unknown) => ({ status: 500, text: String(error) }))
      .then(({ status, text }) => response.writeHead(status).end(text));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Sends one command to a running sandbox.
 *
 * @returns what was done, or undefined where there is no such command
 * @throws Error when there is no answer, or it failed
 */
export async function sendCommand(url: string, command: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MAX_MS);
  const answer = await fetch(url, { method: 'POST', body: command, signal });
  const text = await answer.text();
  if (answer.status === 400) return undefined;
  if (!answer.ok) throw new Error(`the sandbox could not do it: ${text}`);
  return text;
}
