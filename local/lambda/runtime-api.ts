import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one invocation ended, in the function's own words. */
export type Answer =
  | { readonly kind: 'response'; readonly payload: unknown }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string };

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly deadlineMs: number;
  readonly settle: (answer: Answer) => void;
}

const PREFIX = '/2018-06-01/runtime/';

/**
 * The Lambda Runtime API for one process of a function, on the loopback address: it hands out one invocation at a time and
 * takes its answer.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #functionArn: string;
  #waiting: ServerResponse | undefined;
  #queued: Invocation | undefined;
  #running: Invocation | undefined;

  private constructor(functionArn: string) {
    this.#functionArn = functionArn;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  static async start(functionArn: string): Promise<RuntimeApi> {
    const api = new RuntimeApi(functionArn);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  /** Host and port, as AWS_LAMBDA_RUNTIME_API has them. */
  get address(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Hands the event to the process and resolves with its answer. */
  async invoke(event: unknown, timeoutMs: number): Promise<Answer> {
    return await new Promise((settle) => {
      const deadlineMs = Date.now() + timeoutMs;
      this.#queued = { requestId: randomUUID(), event, deadlineMs, settle };
      this.#handOut();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(PREFIX, '');
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      this.#handOut();
      return;
    }
    const body = await readJson(request);
    const isFailure = path.endsWith('/error');
    const isOfRunning = path.startsWith(`invocation/${this.#running?.requestId ?? '-'}/`);
    response.writeHead(202).end();
    if (path === 'init/error') this.#settle(errorOf(body));
    else if (isOfRunning)
      this.#settle(isFailure ? errorOf(body) : { kind: 'response', payload: body });
  }

  #handOut(): void {
    if (this.#waiting === undefined || this.#queued === undefined) return;
    const { requestId, event, deadlineMs } = this.#queued;
    this.#waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': this.#functionArn,
      'lambda-runtime-trace-id': `Root=1-00000000-${requestId.replaceAll('-', '').slice(0, 24)}`,
    });
    this.#waiting.end(JSON.stringify(event));
    this.#running = this.#queued;
    this.#queued = undefined;
    this.#waiting = undefined;
  }

  #settle(answer: Answer): void {
    (this.#running ?? this.#queued)?.settle(answer);
    this.#running = undefined;
    this.#queued = undefined;
  }
}

function errorOf(body: unknown): Answer {
  const { errorType, errorMessage } = Object(body) as Record<string, unknown>;
  return { kind: 'error', errorType: text(errorType), errorMessage: text(errorMessage) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
