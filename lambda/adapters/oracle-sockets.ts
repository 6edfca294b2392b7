import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';
const current = new AsyncLocalStorage<OracleSockets>();

/**
 * The network sockets that the driver opens for one connection. It gives out none of them, and without them
 *
 * - a login that hangs for ever, as it does with a server that falls silent after ACCEPT, could not be ended;
 * - a listener could redirect the driver from TCPS to plain TCP, and the driver would follow.
 */
export class OracleSockets {
  readonly #sockets: Socket[] = [];
  #isClosed = false;
  #hasRefusedPlainText = false;

  /** Whether the driver tried to write outside of TLS, which was refused. */
  get hasRefusedPlainText(): boolean {
    return this.#hasRefusedPlainText;
  }

  /** Runs work that opens sockets; those are this object's own from then on. */
  async capture<Value>(work: () => Promise<Value>): Promise<Value> {
    const onSocket = (message: unknown): void => {
      if (current.getStore() === this) this.#adopt((message as { socket: Socket }).socket);
    };
    subscribe(CHANNEL, onSocket);
    try {
      return await current.run(this, work);
    } finally {
      unsubscribe(CHANNEL, onSocket);
    }
  }

  /** Ends everything, now. What is opened later ends at once too. */
  destroy(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) abort(socket);
  }

  #adopt(socket: Socket): void {
    this.#sockets.push(socket);
    if (this.#isClosed) abort(socket);
    // Node gives a socket a new `write` when it connects, so this comes right after. TLS writes to what lies under the
    // socket, never to the socket itself: whoever does that speaks in clear.
    socket.once('connect', () => {
      socket.write = () => {
        this.#hasRefusedPlainText = true;
        abort(socket);
        return false;
      };
    });
  }
}

/**
 * Destroys a socket, and says so: the driver takes one that closes without an error or an end for open, and throws when it
 * later writes its goodbye, be it out of a finalizer (oracle-driver.ts).
 */
function abort(socket: Socket): void {
  // The driver takes off all listeners before TLS, and an error that nobody listens for would end the process.
  socket.on('error', () => undefined);
  socket.destroy(new Error('the connection was given up'));
}
