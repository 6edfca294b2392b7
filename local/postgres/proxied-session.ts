import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { FaultPlan } from '../faults.ts';
import { FrameReader, type Frame } from './message-frames.ts';
import {
  AUTHENTICATION_SASL,
  CANCEL_REQUEST,
  errorResponse,
  query,
  readyForQuery,
  type ErrorFields,
} from './messages.ts';
import { PreparedStatements, statementName } from './statements.ts';
import { UpstreamSession, type AnswerEnd } from './upstream-session.ts';

export interface SessionOptions {
  readonly client: TLSSocket;
  readonly connectUpstream: () => Promise<TLSSocket>;
  readonly faults: FaultPlan;
  /** Ends delays when the proxy closes. */
  readonly closing: AbortSignal;
}

/** A message or a batch of messages that the fault plan decides about as one. */
interface Call {
  readonly name: string;
  readonly bytes: Buffer;
  readonly answerEnd: AnswerEnd;
}

type Refusal = Omit<ErrorFields, 'severity'>;

/** The messages of the extended protocol, which only count together, up to a Sync. */
const EXTENDED_TYPES = new Set(['P', 'B', 'D', 'E', 'C', 'F', 'H', 'S']);
const NOT_ACCEPTING: Refusal = {
  code: '57P03',
  message: 'the database system is not accepting connections',
};
const TOO_MANY_CLIENTS: Refusal = { code: '53300', message: 'sorry, too many clients already' };
/** Errors of operator intervention end a session. */
const SESSION_ENDING_CLASS = '57P';
/** Not SQL, so that a transaction fails on it. The server's log shows why. */
const FAILING_STATEMENT = 'refused_by_fault_plan';

/**
 * One client's session with the server, message by message.
 *
 * One call at a time, as node-postgres sends them: a fault that waits for an answer takes the next answer for its own.
 */
export class ProxiedSession {
  readonly #options: SessionOptions;
  readonly #client: TLSSocket;
  readonly #statements = new PreparedStatements();
  #upstream: UpstreamSession | undefined;
  #batch: Frame[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#client = options.client;
  }

  /** Resolves when the session is over, however it ended. */
  async run(): Promise<void> {
    const reader = new FrameReader({ startsUntyped: true });
    try {
      for await (const chunk of this.#client as AsyncIterable<Buffer>) {
        for (const frame of reader.push(chunk)) await this.#take(frame);
      }
    } catch {
      // A client that breaks off is no failure of ours, and of any other failure the broken connection tells it.
      this.#client.destroy();
    }
    this.#upstream?.end();
  }

  async #take(frame: Frame): Promise<void> {
    const { type, body, bytes } = frame;
    if (type === '') {
      await this.#start(frame);
    } else if (type === 'p' && this.#upstream?.lastAuthentication !== AUTHENTICATION_SASL) {
      await this.#call({ name: 'postgres:logon', bytes, answerEnd: 'Z' });
    } else if (type === 'Q') {
      const name = `postgres:query:${statementName(body.toString())}`;
      await this.#call({ name, bytes, answerEnd: 'Z' });
    } else if (EXTENDED_TYPES.has(type)) {
      await this.#extend(frame);
    } else {
      this.#upstream?.send(bytes);
    }
  }

  async #start({ body, bytes }: Frame): Promise<void> {
    if (body.readInt32BE(0) === CANCEL_REQUEST) {
      this.#client.end();
    } else {
      await this.#call({ name: 'postgres:connect', bytes, answerEnd: 'R' });
    }
  }

  async #extend(frame: Frame): Promise<void> {
    this.#batch.push(frame);
    if (frame.type !== 'S' && frame.type !== 'H') return;
    const batch = this.#batch;
    this.#batch = [];
    const sql = batch.map((one) => this.#statements.note(one)).find((text) => text !== undefined);
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    if (sql === undefined || frame.type === 'H') {
      this.#upstream?.send(bytes);
    } else {
      const name = `postgres:query:${statementName(sql)}`;
      await this.#call({ name, bytes, answerEnd: 'Z' });
    }
  }

  async #call(call: Call): Promise<void> {
    const fault = this.#options.faults.take(call.name);
    switch (fault?.kind) {
      case undefined:
        (await this.#connected()).send(call.bytes);
        break;
      case 'refuse':
        await this.#refuse({ ...NOT_ACCEPTING, ...fault });
        break;
      case 'throttle':
        await this.#refuse(TOO_MANY_CLIENTS);
        break;
      case 'loseRequest':
        this.#breakOff();
        break;
      case 'hang':
        break;
      case 'loseReply':
        await this.#answerTo(call);
        this.#breakOff();
        break;
      case 'cut': {
        const answer = await this.#answerTo(call);
        this.#client.end(answer.subarray(0, answer.length >> 1));
        this.#upstream?.destroy();
        break;
      }
      case 'delay': {
        const answer = await this.#answerTo(call);
        await sleep(fault.delayMs, undefined, { signal: this.#options.closing });
        if (!this.#client.writableEnded) this.#client.write(answer);
        if (this.#upstream?.isClosed === true) this.#client.end();
        break;
      }
    }
  }

  async #refuse({ code, message }: Refusal): Promise<void> {
    const status = this.#upstream?.transaction;
    if (status === undefined || code.startsWith(SESSION_ENDING_CLASS)) {
      this.#client.end(errorResponse({ severity: 'FATAL', code, message }));
      this.#upstream?.destroy();
      return;
    }
    if (status === 'T') await this.#upstream?.answerTo(query(FAILING_STATEMENT), 'Z');
    this.#client.write(errorResponse({ severity: 'ERROR', code, message }));
    this.#client.write(readyForQuery(status === 'I' ? 'I' : 'E'));
  }

  #breakOff(): void {
    this.#client.destroy();
    this.#upstream?.destroy();
  }

  async #answerTo({ bytes, answerEnd }: Call): Promise<Buffer> {
    return await (await this.#connected()).answerTo(bytes, answerEnd);
  }

  async #connected(): Promise<UpstreamSession> {
    if (this.#upstream === undefined) {
      const server = await this.#options.connectUpstream();
      this.#upstream = new UpstreamSession({ server, client: this.#client });
    }
    return this.#upstream;
  }
}
