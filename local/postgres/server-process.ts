import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './temporary-folder.ts';

const READY = 'database system is ready to accept connections';
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 20;

/**
 * Waits for a line on file descriptor 3, then runs all its arguments but the first as the server, and stops that once
 * file descriptor 3 ends: when we close it, and when we die, even by SIGKILL. At last it removes the folder named first.
 */
const WATCHDOG = `
folder=$1
shift
if read -r _ <&3; then
  "$@" 3<&- &
  server=$!
  { read -r _; kill -INT "$server"; } <&3 &
  watcher=$!
  exec 3<&-
  wait "$server"
  kill "$watcher" 2>/dev/null
fi
rm -rf "$folder"
`;

export interface ServerProcessOptions {
  /** The server's own. It goes when the server stops, and when we die. */
  readonly folder: string;
  /** Program and arguments; the program may still be missing before `run`. */
  readonly command: readonly string[];
  readonly account: Account | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A PostgreSQL server process whose life ends with ours, whatever ends ours. It is in a process group of its own, so
 * that Ctrl-C reaches us alone and we decide when the server stops. It does not keep us alive.
 */
export class ServerProcess {
  readonly #watchdog: ChildProcess;
  readonly #lifeline: Socket;
  readonly #exited: Promise<unknown>;
  /** Stays readable when the file is gone. */
  readonly #logFile: number;
  #finalLog: string | undefined;

  private constructor(watchdog: ChildProcess, logFile: number) {
    this.#watchdog = watchdog;
    this.#logFile = logFile;
    this.#exited = once(watchdog, 'exit');
    this.#lifeline = watchdog.stdio[3] as Socket;
    this.#lifeline.on('error', () => undefined);
    this.#lifeline.unref();
    watchdog.unref();
  }

  /** From here on the folder is looked after. `stop` must follow, also where `run` fails. */
  static async prepare(options: ServerProcessOptions): Promise<ServerProcess> {
    const { folder, command, account, environment } = options;
    const logFile = openSync(join(folder, 'server.log'), 'a+');
    const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', folder, ...command], {
      ...account,
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', logFile, logFile, 'pipe'],
    });
    await once(watchdog, 'spawn');
    return new ServerProcess(watchdog, logFile);
  }

  /** Resolves when the server accepts connections. */
  async run(): Promise<void> {
    this.#lifeline.write('run\n');
    const patience = AbortSignal.timeout(READY_TIMEOUT_MS);
    while (!this.log().includes(READY)) {
      if (this.#watchdog.exitCode !== null || this.#watchdog.signalCode !== null) {
        throw new ServerStartError('the server stopped while it started', this.log());
      }
      if (patience.aborted) throw new ServerStartError('the server is not ready', this.log());
      await sleep(READY_POLL_MS);
    }
  }

  /** All that the server has written. It writes a line before it answers the client that the line is about. */
  log(): string {
    if (this.#finalLog !== undefined) return this.#finalLog;
    const bytes = Buffer.alloc(fstatSync(this.#logFile).size);
    readSync(this.#logFile, bytes, 0, bytes.length, 0);
    return bytes.toString();
  }

  /** A fast shutdown: open transactions roll back, sessions end. Resolves when the process and its folder are gone. */
  async stop(): Promise<void> {
    this.#watchdog.ref();
    this.#lifeline.end();
    await this.#exited;
    if (this.#finalLog !== undefined) return;
    this.#finalLog = this.log();
    closeSync(this.#logFile);
    this.#lifeline.destroy();
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
