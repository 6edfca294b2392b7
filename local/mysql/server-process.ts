import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerStartError } from '../postgres/server-process.ts';
import { giveTo, type Account } from '../postgres/temporary-folder.ts';

const READY = 'ready for connections.';
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;

/**
 * Waits for a line on file descriptor 3, then runs all its arguments but the first as the server, and stops that once
 * file descriptor 3 ends: when we close it, and when we die, even by SIGKILL. A server that hears no SIGTERM for ten
 * seconds is killed. At last it removes the folder named first, more than once where whatever was making the data folder
 * when we died still writes to it.
 */
const WATCHDOG = `
folder=$1
shift
if read -r _ <&3; then
  "$@" 3<&- &
  server=$!
  {
    read -r _
    kill -TERM "$server"
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
  /** Program and arguments. It writes its general log to `general.log` in the folder. */
  readonly command: readonly string[];
  readonly account: Account | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A MySQL or MariaDB server process whose life ends with ours, whatever ends ours. It is in a process group of its own,
 * so that Ctrl-C reaches us alone and we decide when the server stops. It does not keep us alive.
 */
export class ServerProcess {
  readonly #watchdog: ChildProcess;
  readonly #lifeline: Socket;
  readonly #exited: Promise<unknown>;
  readonly #log: KeptFile;
  readonly #generalLog: KeptFile;

  private constructor(watchdog: ChildProcess, logs: readonly [KeptFile, KeptFile]) {
    this.#watchdog = watchdog;
    [this.#log, this.#generalLog] = logs;
    this.#exited = once(watchdog, 'exit');
    this.#lifeline = watchdog.stdio[3] as Socket;
    this.#lifeline.on('error', () => undefined);
    this.#lifeline.unref();
    watchdog.unref();
  }

  /** From here on the folder is looked after. `stop` must follow, also where `run` fails. */
  static async prepare(options: ServerProcessOptions): Promise<ServerProcess> {
    const { folder, command, account, environment } = options;
    const log = new KeptFile(join(folder, 'server.log'));
    const generalLog = new KeptFile(join(folder, 'general.log'));
    await giveTo(account, join(folder, 'general.log'));
    const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', folder, ...command], {
      ...account,
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor, 'pipe'],
    });
    await once(watchdog, 'spawn');
    return new ServerProcess(watchdog, [log, generalLog]);
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

  /** All that the server has written of itself. A refused login is there before the client hears of it. */
  log(): string {
    return this.#log.read();
  }

  /** All statements and logins. A statement is there before it runs. */
  generalLog(): string {
    return this.#generalLog.read();
  }

  /** Sessions end, open transactions roll back. Resolves when the process and its folder are gone. */
  async stop(): Promise<void> {
    this.#watchdog.ref();
    this.#lifeline.end();
    await this.#exited;
    this.#log.close();
    this.#generalLog.close();
    this.#lifeline.destroy();
  }
}

/** A file that others append to, and whose content stays with us when it is gone. */
class KeptFile {
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
