import type { Socket } from 'node:net';
import type { Point, Side } from './point.ts';

/** What is to become of a line: `cut` resets it, `silence` leaves both ends open and passes nothing any more. */
export type Verdict = 'pass' | 'cut' | 'silence';

/** Where an exchange stands; each has its own number. */
export type Place = Omit<Point, 'side'>;

export interface LineOptions {
  /** The function's end. Must have been made with `allowHalfOpen`, as the server's must. */
  readonly client: Socket;
  readonly server: Socket;
  /** Asked once for each exchange, in its order. */
  readonly place: () => Place;
  /** Asked before an exchange is passed on and before its answer is passed back. Nothing moves on the line meanwhile. */
  readonly judge: (point: Point) => Promise<Verdict>;
}

/** One connection through the proxy: passes bytes both ways, and stops at every exchange to ask what is to become of it. */
export class Line {
  readonly #options: LineOptions;
  /** The exchange under way, or the last one. */
  #place: Place;
  #isAnswered = false;
  #hasSpoken = false;
  #isSilent = false;

  constructor(options: LineOptions, greeting: Place) {
    this.#options = options;
    this.#place = greeting;
    const { client, server } = options;
    this.#join(client, server, async () => {
      await this.#asks();
    });
    this.#join(server, client, async () => {
      await this.#answers();
    });
  }

  /** Passes nothing any more, not even the end of a connection: neither side hears that the other is gone. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Both sides find the connection reset. */
  cut(): void {
    for (const socket of [this.#options.client, this.#options.server]) {
      // A reset in the middle of a FIN is refused (EINVAL), and Node then keeps the handle, and the process, for ever.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #join(from: Socket, to: Socket, stop: () => Promise<void>): void {
    from.on('data', (bytes) => {
      if (this.#isSilent) return;
      from.pause();
      void stop().then(() => {
        if (!this.#isSilent && to.writable) to.write(bytes);
        from.resume();
      });
    });
    from.on('end', () => {
      if (!this.#isSilent) to.end();
    });
    // Whoever breaks off is no failure of ours; the other side finds it broken off.
    from.on('error', () => undefined);
    from.on('close', (hadError) => {
      if (this.#isSilent) return;
      if (hadError) to.destroy();
      else to.end();
    });
  }

  /** The function sends: the first bytes after an answer begin the next exchange. */
  async #asks(): Promise<void> {
    if (this.#hasSpoken && !this.#isAnswered) return;
    this.#hasSpoken = true;
    this.#isAnswered = false;
    this.#place = this.#options.place();
    await this.#stop('before');
  }

  async #answers(): Promise<void> {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    await this.#stop('after');
  }

  async #stop(side: Side): Promise<void> {
    const verdict = await this.#options.judge({ ...this.#place, side });
    if (verdict === 'silence') this.silence();
    if (verdict === 'cut') this.cut();
  }
}
