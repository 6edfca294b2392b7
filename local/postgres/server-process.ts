import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './temporary-folder.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;
const POSTGRES = {
  readyText: 'database system is ready to accept connections',
  // A fast shutdown.
  stopSignal: 'INT',
} as const;

/**
 * Waits for a line on file descriptor 3, then runs all its arguments but the first two as the server, and stops that once
 * file descriptor 3 ends: when we close it, and when we die, even by SIGKILL. A server that does not heed the signal named
 * second is killed after ten seconds. At last it removes the folder named first, more than once where whatever was
 * making the data folder when we died still writes to it.
 */
const WATCHDOG = `
folder=$1
signal=$2
shift 2
if read -r _ <&3; then
  "$@" 3<&- &
  server=$!
  {
    read -r _
    kill -"$signal" "$server"
    for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done
    kill -KILL "$server"
  } <&3 2>/dev/null &
  watcher=$!
  exec 3<&-
  wait "$server"
  kill "$watcher" 2>/dev/null
fi
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$folder" && break
  sleep 1
done
`;

export interface ServerProcessOptions {
  /** The server's own. It goes when the server stops, and when we die. */
  readonly folder: string;
  /** Program and arguments; the program may still be missing before `run`. */
  readonly command: readonly string[];
  readonly account: Account | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** What the server writes once it accepts connections. @default PostgreSQL's */
  readonly readyText?: string;
  /** On which the server ends all sessions and stops. @default PostgreSQL's */
  readonly stopSignal?: 'INT' | 'TERM';
}

/**
 * The process of a database server whose life ends with ours, whatever ends ours. It is in a process group of its own, so
 * that Ctrl-C reaches us alone and we decide when the server stops. It does not keep us alive.
 */
export class ServerProcess {
  readonly #watchdog: ChildProcess;
  readonly #lifeline: Socket;
  readonly #exited: Promise<unknown>;
  readonly #readyText: string;
  readonly #log: KeptFile;

  private constructor(watchdog: ChildProcess, log: KeptFile, readyText: string) {
    this.#watchdog = watchdog;
    this.#log = log;
    this.#readyText = readyText;
    this.#exited = once(watchdog, 'exit');
    this.#lifeline = watchdog.stdio[3] as Socket;
    this.#lifeline.on('error', () => undefined);
    this.#lifeline.unref();
    watchdog.unref();
  }

  /** From here on the folder is looked after. `stop` must follow, also where `run` fails. */
  static async prepare(options: ServerProcessOptions): Promise<ServerProcess> {
    const { folder, command, account, environment, readyText, stopSignal } = {
      ...POSTGRES,
      ...options,
    };
    const log = new KeptFile(join(folder, 'server.log'));
    const watchdog = spawn(
      '/bin/sh',
      ['-c', WATCHDOG, 'watchdog', folder, stopSignal, ...command],
      {
        ...account,
        cwd: folder,
        env: environment,
        detached: true,
        stdio: ['ignore', log.descriptor, log.descriptor, 'pipe'],
      },
    );
    await once(watchdog, 'spawn');
    return new ServerProcess(watchdog, log, readyText);
  }

  /** Resolves when the server accepts connections. */
  async run(): Promise<void> {
    this.#lifeline.write('run\n');
    const patience = AbortSignal.timeout(READY_TIMEOUT_MS);
    while (!this.log().includes(this.#readyText)) {
      if (this.#watchdog.exitCode !== null || this.#watchdog.signalCode !== null) {
        throw new ServerStartError('the server stopped while it started', this.log());
      }
      if (patience.aborted) throw new ServerStartError('the server is not ready', this.log());
      await sleep(READY_POLL_MS);
    }
  }

  /** All that the server has written of itself. It writes a line before it answers the client that the line is about. */
  log(): string {
    return this.#log.read();
  }

  /** Sessions end, open transactions roll back. Resolves when the process and its folder are gone. */
  async stop(): Promise<void> {
    this.#watchdog.ref();
    this.#lifeline.end();
    await this.#exited;
    this.#log.close();
    this.#lifeline.destroy();
  }
}

/** A file that others append to, and whose content stays with us when it is gone. */
export class KeptFile {
  readonly descriptor: number;
  #finalText: string | undefined;

  constructor(path: string) {
    this.descriptor = openSync(path, 'a+');
  }

  read(): string {
    if (this.#finalText !== undefined) return this.#finalText;
    const bytes = Buffer.alloc(fstatSync(this.descriptor).size);
    readSync(this.descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString();
  }

  close(): void {
    if (this.#finalText !== undefined) return;
    this.#finalText = this.read();
    closeSync(this.descriptor);
  }
}

/** The server did not come up; `log` is all that it wrote. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly log: string;

  constructor(message: string, log: string) {
    super(`${message}: ${log}`);
    this.log = log;
  }
}
