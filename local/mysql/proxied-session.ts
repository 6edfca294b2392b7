import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { FaultPlan } from '../faults.ts';
import { statementName } from '../postgres/statements.ts';
import type { Flavour } from './flavours.ts';
import { errPacket, PacketReader, queryText, refusalOf, type Packet } from './packets.ts';

export interface SessionOptions {
  readonly client: TLSSocket;
  readonly server: TLSSocket;
  /** What the names of calls begin with. */
  readonly engine: Flavour;
  /** Whether the client says COM_QUERY with attributes. */
  readonly hasAttributes: boolean;
  readonly faults: FaultPlan;
  /** Ends delays when the proxy closes. */
  readonly closing: AbortSignal;
}

/** One client's session with the server from where TLS begins: its login, then its commands, one at a time. */
export class ProxiedSession {
  readonly #options: SessionOptions;
  #hasLoggedIn = false;
  /** Server bytes are kept here while a fault holds them back. */
  #held: Buffer[] | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Resolves when the session is over, however it ended. */
  async run(): Promise<void> {
    const { client, server } = this.#options;
    server.on('data', (chunk: Buffer) => {
      if (this.#held === undefined) client.write(chunk);
      else this.#held.push(chunk);
    });
    server.on('end', () => {
      if (this.#held === undefined) client.end();
    });
    const reader = new PacketReader();
    try {
      for await (const chunk of client as AsyncIterable<Buffer>) {
        for (const packet of reader.push(chunk)) await this.#take(packet);
      }
      server.end();
    } catch {
      // A client that breaks off is no failure of ours, and of any other failure the broken connection tells it.
      this.#breakOff();
    }
  }

  async #take(packet: Packet): Promise<void> {
    const { faults, server } = this.#options;
    const name = this.#nameOf(packet);
    const fault = name === undefined ? undefined : faults.take(name);
    switch (fault?.kind) {
      case undefined:
        server.write(packet.bytes);
        break;
      case 'refuse':
      case 'throttle':
        this.#refuse(packet, refusalOf(fault));
        break;
      case 'hang':
        break;
      case 'loseRequest':
        this.#breakOff();
        break;
      case 'loseReply':
        await this.#answerTo(packet);
        this.#breakOff();
        break;
      case 'cut': {
        const answer = await this.#answerTo(packet);
        this.#options.client.end(answer.subarray(0, answer.length >> 1));
        server.destroy();
        break;
      }
      case 'delay': {
        const answer = await this.#answerTo(packet);
        await sleep(fault.delayMs, undefined, { signal: this.#options.closing });
        this.#options.client.write(Buffer.concat([answer, ...this.#release()]));
        break;
      }
    }
  }

  /** What the fault plan calls it; undefined for what no fault can strike: the steps of a login, a goodbye. */
  #nameOf(packet: Packet): string | undefined {
    const { engine } = this.#options;
    if (!this.#hasLoggedIn) {
      this.#hasLoggedIn = true;
      return `${engine}:logon`;
    }
    const sql = packet.sequence === 0 ? queryText(packet, this.#options) : undefined;
    return sql === undefined ? undefined : `${engine}:query:${statementName(sql)}`;
  }

  #refuse({ sequence }: Packet, error: { number: number; message: string }): void {
    this.#options.client.write(errPacket({ ...error, sequence: sequence + 1 }));
    if (sequence !== 0) this.#options.client.end();
  }

  /** The beginning of the server's answer; the rest is held. A statement that changes something is done by then. */
  async #answerTo({ bytes }: Packet): Promise<Buffer> {
    const { server, closing } = this.#options;
    this.#held = [];
    const answered = once(server, 'data', { signal: closing });
    server.write(bytes);
    await answered;
    return this.#held.shift() ?? Buffer.alloc(0);
  }

  #release(): Buffer[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }

  #breakOff(): void {
    this.#options.client.destroy();
    this.#options.server.destroy();
  }
}
