import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultPlan } from '../faults.ts';
import { AwsServiceError } from './service-error.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One service behind HTTP: its protocol, without connections and faults. */
export interface HttpService {
  /** As it stands in the names of calls, for example `secretsmanager`. */
  readonly name: string;
  /** The operation that the request names. Asked first, must not throw. */
  operationOf(request: HttpRequest): string;
  /**
   * What takes effect does so before it returns; a promise is for an answer that takes its time.
   *
   * @throws {AwsServiceError} for a refusal.
   */
  answer(request: HttpRequest, operation: string): HttpAnswer | Promise<HttpAnswer>;
  /** An error in the shape of the protocol. */
  refusal(error: AwsServiceError, request: HttpRequest): HttpAnswer;
  /** The service's error for the fault `refuse`; without a code, its own failure, HTTP 500. */
  refused(fault: { readonly code?: string; readonly message?: string }): AwsServiceError;
  /** The service's error for the fault `throttle`. */
  throttled(): AwsServiceError;
}

/** One call as it ended. Bodies and header values are not kept. */
export interface JournalEntry {
  readonly service: string;
  readonly operation: string;
  /** HTTP status, or `undefined` when no whole answer was sent. */
  readonly status: number | undefined;
}

export interface StandIn {
  readonly url: string;
  /** Closes the port, every connection and every timer; calls under way get no answer. */
  readonly close: () => Promise<void>;
}

const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Serves the service on a free port of 127.0.0.1. Each call takes its fault from the plan, once, before
 * anything takes effect, and is written to the journal when its fate is settled.
 */
export async function serve(
  service: HttpService,
  options: { readonly faults: FaultPlan; readonly journal: JournalEntry[] },
): Promise<StandIn> {
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((message, response) => {
    receive(message).then(
      (request) => {
        if (server.listening) respond({ service, request, response, timers, ...options });
      },
      () => message.socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      timers.forEach(clearTimeout);
      await stop(server);
    },
  };
}

interface Call {
  readonly service: HttpService;
  readonly request: HttpRequest;
  readonly response: ServerResponse;
  readonly timers: Set<NodeJS.Timeout>;
  readonly faults: FaultPlan;
  readonly journal: JournalEntry[];
}

function respond(call: Call): void {
  const { service, request, response, timers, faults, journal } = call;
  const operation = service.operationOf(request);
  const note = (status?: number): void => {
    journal.push({ service: service.name, operation, status });
  };
  const finish = (answer: HttpAnswer): void => {
    note(answer.status);
    send(response, answer, request.method);
  };
  const fault = faults.take(`${service.name}:${operation}`);
  switch (fault?.kind) {
    case undefined:
      whenAnswered(perform(service, request, operation), finish);
      return;
    case 'refuse':
      finish(service.refusal(service.refused(fault), request));
      return;
    case 'throttle':
      finish(service.refusal(service.throttled(), request));
      return;
    case 'hang':
      note();
      return;
    case 'loseRequest':
      note();
      response.destroy();
      return;
    case 'loseReply':
      whenAnswered(perform(service, request, operation), () => {
        note();
        response.destroy();
      });
      return;
    case 'cut':
      whenAnswered(perform(service, request, operation), (answer) => {
        sendHalf(response, answer);
        note();
      });
      return;
    case 'delay':
      whenAnswered(perform(service, request, operation), (answer) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          finish(answer);
        }, fault.delayMs);
        timers.add(timer);
      });
  }
}

function perform(
  service: HttpService,
  request: HttpRequest,
  operation: string,
): HttpAnswer | Promise<HttpAnswer> {
  const refusal = (error: unknown): HttpAnswer =>
    service.refusal(
      error instanceof AwsServiceError
        ? error
        : new AwsServiceError('InternalServiceError', String(error), { status: 500 }),
      request,
    );
  try {
    const answer = service.answer(request, operation);
    return answer instanceof Promise ? answer.catch(refusal) : answer;
  } catch (error) {
    return refusal(error);
  }
}

/** At once where the answer is there: what other calls see must not hang on it. */
function whenAnswered(
  answer: HttpAnswer | Promise<HttpAnswer>,
  use: (answer: HttpAnswer) => void,
): void {
  if (answer instanceof Promise) void answer.then(use);
  else use(answer);
}

function send(
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  method: string,
): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Half of the body, or half of the head where there is no body, then the end of the connection. */
function sendHalf(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const bytes = Buffer.from(body);
  const fields = Object.entries({ ...headers, 'content-length': String(bytes.length) });
  const lines = [`HTTP/1.1 ${status} `, ...fields.map(([name, value]) => `${name}: ${value}`)];
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  const half =
    bytes.length === 0
      ? Buffer.from(head.slice(0, head.length / 2))
      : Buffer.concat([Buffer.from(head), bytes.subarray(0, bytes.length / 2)]);
  response.socket?.write(half, () => response.destroy());
}

async function receive(message: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new Error(`more than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const { method = '', url = '/', headers } = message;
  return { method, url: new URL(url, 'http://localhost'), headers, body: Buffer.concat(chunks) };
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeAllConnections();
  await closed;
}
