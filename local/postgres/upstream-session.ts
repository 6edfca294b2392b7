import type { TLSSocket } from 'node:tls';
import { FrameReader, type Frame } from './message-frames.ts';
import type { TransactionStatus } from './messages.ts';

/** The type of message that ends an answer. The end of the connection ends it too. */
export type AnswerEnd = 'R' | 'Z';

/**
 * The server's half of a proxied session. What the server sends goes to the client at once, but for the answers that
 * `answerTo` keeps back. When the server ends the session, the client's ends.
 */
export class UpstreamSession {
  readonly #server: TLSSocket;
  readonly #client: TLSSocket;
  readonly #reader = new FrameReader({ startsUntyped: false });
  #lastAuthentication: number | undefined;
  #transaction: TransactionStatus | undefined;
  /** Takes the messages of an answer that is kept back, and undefined when the connection has ended. */
  #keep: ((frame: Frame | undefined) => void) | undefined;

  constructor(sides: { readonly server: TLSSocket; readonly client: TLSSocket }) {
    this.#server = sides.server;
    this.#client = sides.client;
    this.#server.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) this.#take(frame);
    });
    this.#server.on('close', () => {
      if (this.#keep === undefined) this.#client.end();
      else this.#keep(undefined);
    });
    this.#server.on('error', () => undefined);
  }

  /** What the server last asked for, or granted, while the client logs in. */
  get lastAuthentication(): number | undefined {
    return this.#lastAuthentication;
  }

  /** Undefined until the client is logged in. */
  get transaction(): TransactionStatus | undefined {
    return this.#transaction;
  }

  get isClosed(): boolean {
    return this.#server.closed;
  }

  send(bytes: Buffer): void {
    this.#server.write(bytes);
  }

  /** Sends and resolves to the whole answer, of which the client gets nothing. */
  async answerTo(bytes: Buffer, answerEnd: AnswerEnd): Promise<Buffer> {
    const answer: Buffer[] = [];
    await new Promise<void>((resolve) => {
      this.#keep = (frame) => {
        if (frame !== undefined) answer.push(frame.bytes);
        if (frame !== undefined && frame.type !== answerEnd) return;
        this.#keep = undefined;
        resolve();
      };
      this.#server.write(bytes);
    });
    return Buffer.concat(answer);
  }

  /** After what has been sent. */
  end(): void {
    this.#server.end();
  }

  destroy(): void {
    this.#server.destroy();
  }

  #take(frame: Frame): void {
    if (frame.type === 'R') this.#lastAuthentication = frame.body.readInt32BE(0);
    if (frame.type === 'Z') this.#transaction = frame.body.toString() as TransactionStatus;
    if (this.#keep === undefined) this.#client.write(frame.bytes);
    else this.#keep(frame);
  }
}
