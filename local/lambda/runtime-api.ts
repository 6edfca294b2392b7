import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaInvocationError, type FunctionError } from './invocation-error.ts';

export interface Invocation {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string;
  /** The event, as JSON. */
  readonly payload: string;
}

interface Pending {
  readonly requestId: string;
  readonly resolve: (payload: string) => void;
  readonly reject: (error: Error) => void;
}

const PREFIX = '/2018-06-01/runtime';
/** Lambda's limit of a response, in bytes: 6 MB and a little. */
const RESPONSE_BYTES_MAX = 6_291_556;

/**
 * The Runtime API of one execution environment, on 127.0.0.1: one runtime asks for invocations and answers them, one
 * at a time. A runtime that answers for another invocation than its current one is refused, as is one that answers with
 * more than 6 MB.
 */
export class RuntimeApi {
  readonly #server: Server;
  #idle = new Deferred();
  #poll: ServerResponse | undefined;
  #undelivered: Invocation | undefined;
  #pending: Pending | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  /** What belongs in AWS_LAMBDA_RUNTIME_API: host and port. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Whether an invocation waits for its answer. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  /**
   * Resolves when the runtime asks for an invocation and there is none.
   *
   * @throws {LambdaInvocationError} when the runtime reports that it could not start.
   */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  /**
   * Hands an invocation to the runtime and resolves to its response. There must be no other one under way.
   *
   * @throws {LambdaInvocationError} when the runtime reports an error, or its response is too large.
   */
  async invoke(invocation: Invocation): Promise<string> {
    const { requestId } = invocation;
    return await new Promise<string>((resolve, reject) => {
      this.#pending = { requestId, resolve, reject };
      this.#undelivered = invocation;
      this.#deliver();
    });
  }

  /** Ends every connection, the runtime's long poll included. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    const answered = new RegExp(`^POST ${PREFIX}/invocation/([^/]+)/(response|error)$`).exec(call);
    if (call === `GET ${PREFIX}/invocation/next`) {
      this.#poll = response;
      this.#idle.resolve();
      this.#deliver();
    } else if (call === `POST ${PREFIX}/init/error`) {
      this.#idle.reject(new LambdaInvocationError(parseError(body)));
      accept(response);
    } else if (answered === null) {
      refuse(response, { status: 404, errorType: 'NotFound' });
    } else if (answered[1] !== this.#pending?.requestId) {
      refuse(response, { status: 400, errorType: 'InvalidRequestID' });
    } else if (answered[2] === 'error') {
      accept(response);
      this.#finish().reject(new LambdaInvocationError(parseError(body)));
    } else if (body.length > RESPONSE_BYTES_MAX) {
      refuse(response, { status: 413, errorType: 'RequestEntityTooLarge' });
      this.#finish().reject(tooLarge(body.length));
    } else {
      accept(response);
      this.#finish().resolve(body.toString());
    }
  }

  #deliver(): void {
    if (this.#poll === undefined || this.#undelivered === undefined) return;
    const { requestId, deadlineMs, functionArn, traceId, payload } = this.#undelivered;
    this.#poll.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': deadlineMs,
      'Lambda-Runtime-Invoked-Function-Arn': functionArn,
      'Lambda-Runtime-Trace-Id': traceId,
    });
    this.#poll.end(payload);
    this.#poll = undefined;
    this.#undelivered = undefined;
    this.#idle = new Deferred();
  }

  #finish(): Pick<Pending, 'resolve' | 'reject'> {
    const pending = this.#pending;
    if (pending === undefined) throw new Error('no invocation is under way');
    this.#pending = undefined;
    return pending;
  }
}

class Deferred {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
}

function refuse(
  response: ServerResponse,
  refusal: { readonly status: number; readonly errorType: string },
): void {
  const { status, errorType } = refusal;
  const body = JSON.stringify({ errorType, errorMessage: errorType });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

function parseError(body: Buffer): FunctionError {
  return JSON.parse(body.toString()) as FunctionError;
}

function tooLarge(bytes: number): LambdaInvocationError {
  return new LambdaInvocationError({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage:
      `Response payload size (${bytes} bytes) exceeded maximum allowed payload size ` +
      `(${RESPONSE_BYTES_MAX} bytes).`,
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
