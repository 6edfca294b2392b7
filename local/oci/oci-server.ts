import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultPlan, type Fault } from '../faults.ts';
import {
  failure,
  failureOf,
  faultAnswer,
  firstHalf,
  requestId,
  success,
  type Answer,
} from './answer.ts';
import { text } from './operation-request.ts';
import { verifyRequest, type KnownKeys } from './request-signature.ts';
import { callName, findRoute, type Route } from './routing.ts';
import type { VaultModel } from './vault-model.ts';

/** Far above the 25 KB of a secret. */
const BODY_BYTES_MAX = 1024 * 1024;

export interface OciServerOptions extends KnownKeys {
  readonly model: VaultModel;
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** The clock that dates of signatures are held against, in epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /**
   * How long a page of a list is where `limit` does not say. OCI does not document its own; this one is small, so
   * that a client that forgets `opc-next-page` is found out. @default 10
   */
  readonly pageSize?: number;
  /** @default a free one */
  readonly port?: number;
}

/** What came in and how it was answered. It holds no header and no content. */
export interface JournalEntry {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The call's name as in a fault plan; undefined where no operation is at that path. */
  readonly call: string | undefined;
  /** Undefined until, and unless, a whole answer went out. */
  status: number | undefined;
}

/**
 * OCI Vault's two services over plain HTTP on 127.0.0.1: secret management (/20180608) and secret retrieval
 * (/20190301), for the real `oci-vault` and `oci-secrets` clients with `client.endpoint = server.url`.
 *
 * Every request must be signed. A call asks the fault plan exactly once, before anything takes effect and before the
 * signature is looked at; its name is `oci:` and the operation's (`oci:GetSecretBundle`), where an UpdateSecret that
 * carries `currentVersionNumber` is `oci:PromoteSecretVersion`.
 */
export class OciServer {
  readonly #options: OciServerOptions;
  readonly #faults: FaultPlan;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #requests: JournalEntry[] = [];

  private constructor(options: OciServerOptions) {
    this.#options = options;
    this.#faults = options.faults ?? new FaultPlan();
    this.#server = createServer((request, response) => {
      // The only error to come here is a client that goes away in the middle of its request.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: OciServerOptions): Promise<OciServer> {
    const server = new OciServer(options);
    server.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** `http://127.0.0.1:<port>`, without a version: the SDK's endpoint setters append it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The journal of all requests so far, in order of arrival. */
  get requests(): readonly Readonly<JournalEntry>[] {
    return this.#requests;
  }

  /** Ends every connection, hanging ones included, and resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { method = '', url: path = '' } = request;
    const route = findRoute(method, path.split('?', 1)[0] ?? '');
    const call = route && callName(route.operation, body.toString());
    const entry: JournalEntry = { method, path, call, status: undefined };
    this.#requests.push(entry);
    const fault = call === undefined ? undefined : this.#faults.take(call);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'loseRequest') {
      response.destroy();
      return;
    }
    const opcRequestId = requestId(text(request.headers['opc-request-id']));
    const answer =
      faultAnswer(fault, opcRequestId) ?? this.#answer(request, { route, body, opcRequestId });
    this.#deliver(response, { answer, fault, entry });
  }

  #answer(
    request: IncomingMessage,
    parts: {
      readonly route: Route | undefined;
      readonly body: Buffer;
      readonly opcRequestId: string;
    },
  ): Answer {
    const { route, body, opcRequestId } = parts;
    const { method = '', url: target = '', headers } = request;
    const { model, publicKeys, sessionKeyOf, now = Date.now, pageSize = 10 } = this.#options;
    try {
      verifyRequest({ method, target, headers, body }, { publicKeys, sessionKeyOf, nowMs: now() });
      if (route === undefined) {
        return failure(
          { code: 'NotFound', message: `no operation at ${method} ${target}` },
          opcRequestId,
        );
      }
      const query = new URLSearchParams(target.split('?')[1]);
      const details = { path: route.path, query, headers, body: body.toString(), pageSize };
      return success(route.operation.run(model, details), opcRequestId);
    } catch (error) {
      return failureOf(error, opcRequestId);
    }
  }

  #deliver(
    response: ServerResponse,
    delivery: {
      readonly answer: Answer;
      readonly fault: Fault | undefined;
      readonly entry: JournalEntry;
    },
  ): void {
    const { answer, fault, entry } = delivery;
    if (fault?.kind === 'loseReply') {
      response.destroy();
    } else if (fault?.kind === 'cut') {
      response.socket?.write(firstHalf(answer));
      response.socket?.destroySoon();
    } else if (fault?.kind === 'delay') {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        send(response, { answer, entry });
      }, fault.delayMs);
      this.#timers.add(timer);
    } else {
      send(response, { answer, entry });
    }
  }
}

function send(
  response: ServerResponse,
  delivery: { readonly answer: Answer; readonly entry: JournalEntry },
): void {
  const { answer, entry } = delivery;
  if (response.destroyed) return;
  entry.status = answer.status;
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
