import type { Socket } from 'node:net';
import type { Fault } from '../faults.ts';
import { faultError, isUnread } from './fault-errors.ts';
import { MalformedError } from './malformed-error.ts';
import { ConnectReader, type ConnectRequest } from './net/connect-request.ts';
import { PacketReader, type Packet } from './net/packet-reader.ts';
import {
  acceptPacket,
  DATA_FLAG,
  dataPackets,
  MARKER,
  markerPacket,
  PACKET,
  redirectPacket,
  refusePacket,
} from './net/packets.ts';
import type { SessionContext } from './session-context.ts';
import { Session, type Reply } from './session.ts';

const DATA_HEADER_BYTES = 10;
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/** One client's connection: packets in, packets out, and what a fault does to them. */
export class Connection {
  readonly #socket: Socket;
  readonly #context: SessionContext;
  readonly #redirectAddress: string | undefined;
  readonly #session: Session;
  readonly #packets = new PacketReader();
  readonly #connect = new ConnectReader();
  #sdu: number | undefined;
  #request: Buffer[] = [];
  #delayed: NodeJS.Timeout | undefined;

  /** @param redirectAddress where clients are sent on to, if they are */
  constructor(socket: Socket, context: SessionContext, redirectAddress: string | undefined) {
    this.#socket = socket;
    this.#context = context;
    this.#redirectAddress = redirectAddress;
    this.#session = new Session(context);
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    // A client that goes away without a word is no event for a server.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(this.#delayed);
    });
  }

  /** Ends it, and whatever it has still to say. */
  destroy(): void {
    clearTimeout(this.#delayed);
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      this.#packets.push(chunk);
      while (!this.#socket.destroyed) {
        const packet = this.#packets.next();
        if (packet === undefined) return;
        this.#handle(packet);
      }
    } catch (error) {
      const reason = error instanceof MalformedError ? error.message : placeOf(error);
      this.#context.journal.add({ kind: 'undecodable', reason });
      this.#socket.destroy();
    }
  }

  #handle(packet: Packet): void {
    if (this.#sdu === undefined) {
      const request = this.#connect.read(packet);
      if (request !== undefined) this.#listen(request);
    } else if (packet.type === PACKET.data) {
      this.#data(packet.bytes);
    } else if (packet.type === PACKET.marker) {
      this.#marker(packet.bytes.at(DATA_HEADER_BYTES));
    } else {
      throw new MalformedError(`packet type ${packet.type} is not known`);
    }
  }

  /** The listener's part. */
  #listen(request: ConnectRequest): void {
    const { faults, journal, traits } = this.#context;
    const fault = faults.take('oracle:connect');
    if (isUnread(fault)) {
      this.#deliver(Buffer.alloc(0), { fault });
      return;
    }
    const ora = faultError('oracle:connect', fault)?.ora ?? this.#refusal(request);
    if (ora !== undefined) {
      journal.add({ kind: 'refusedConnect', ora });
      this.#deliver(refusePacket(ora), { fault, isLast: true });
    } else if (this.#redirectAddress !== undefined) {
      journal.add({ kind: 'redirect' });
      this.#deliver(redirectPacket(this.#redirectAddress), { fault, isLast: true });
    } else {
      this.#sdu = request.sdu;
      this.#packets.hasLongLengths = true;
      this.#deliver(acceptPacket({ ...traits, sdu: request.sdu }), { fault });
    }
  }

  #refusal({ serviceName, sid }: ConnectRequest): number | undefined {
    if (serviceName === undefined) return sid === undefined ? 12504 : 12505;
    const isKnown = serviceName.toUpperCase() === this.#context.serviceName.toUpperCase();
    return isKnown ? undefined : 12514;
  }

  #data(bytes: Buffer): void {
    if (bytes.length < DATA_HEADER_BYTES) throw new MalformedError('a data packet has no flags');
    const flags = bytes.readUInt16BE(8);
    if ((flags & DATA_FLAG.eof) !== 0) {
      this.#socket.end();
      return;
    }
    this.#request.push(bytes.subarray(DATA_HEADER_BYTES));
    if ((flags & DATA_FLAG.endOfRequest) === 0) {
      const length = this.#request.reduce((sum, part) => sum + part.length, 0);
      if (length > REQUEST_BYTES_MAX) throw new MalformedError('a request is too long');
      return;
    }
    const request = Buffer.concat(this.#request);
    this.#request = [];
    this.#reply(this.#session.answer(request));
  }

  /** The client breaks off the call that it waits for: break and reset are answered in kind, then the call is. */
  #marker(kind: number | undefined): void {
    clearTimeout(this.#delayed);
    this.#request = [];
    if (kind === MARKER.reset) {
      this.#socket.write(markerPacket(MARKER.reset));
      this.#reply(this.#session.cancelled());
    } else {
      this.#socket.write(markerPacket(MARKER.break));
    }
  }

  #reply(reply: Reply | undefined): void {
    if (reply === undefined || this.#sdu === undefined) return;
    const { hasEndOfResponse } = this.#context.traits;
    const lastFlags = hasEndOfResponse ? DATA_FLAG.endOfResponse : 0;
    this.#deliver(dataPackets(reply.payload, { sdu: this.#sdu, lastFlags }), reply);
  }

  /** @param options isLast where the server closes the connection after these bytes */
  #deliver(
    bytes: Buffer,
    { fault, isLast = false }: { readonly fault?: Fault | undefined; readonly isLast?: boolean },
  ): void {
    const send = (): void => {
      this.#socket.write(bytes);
      if (isLast) this.#socket.end();
    };
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'loseRequest':
      case 'loseReply':
        this.#socket.destroy();
        return;
      case 'cut':
        this.#socket.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
        this.#socket.destroySoon();
        return;
      case 'delay':
        this.#delayed = setTimeout(send, fault.delayMs);
        return;
      case 'refuse':
      case 'throttle':
      case undefined:
        send();
    }
  }
}

/** A flaw of this server's own, by its place. Not by its message, which might quote what came. */
function placeOf(error: unknown): string {
  const { name, stack = '' } = error as Error;
  return `${name} ${stack.split('\n').find((line) => line.startsWith('    at ')) ?? ''}`;
}
