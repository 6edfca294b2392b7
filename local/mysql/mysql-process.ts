import { join } from 'node:path';
import { KeptFile, ServerProcess, type ServerProcessOptions } from '../postgres/server-process.ts';
import { giveTo } from '../postgres/temporary-folder.ts';

/** A MySQL or MariaDB server process, which writes its general log to `general.log` in its folder. */
export class MysqlProcess {
  readonly #process: ServerProcess;
  readonly #generalLog: KeptFile;

  private constructor(process: ServerProcess, generalLog: KeptFile) {
    this.#process = process;
    this.#generalLog = generalLog;
  }

  /** From here on the folder is looked after. `stop` must follow, also where `run` fails. */
  static async prepare(
    options: Omit<ServerProcessOptions, 'readyText' | 'stopSignal'>,
  ): Promise<MysqlProcess> {
    const path = join(options.folder, 'general.log');
    const generalLog = new KeptFile(path);
    await giveTo(options.account, path);
    const process = await ServerProcess.prepare({
      ...options,
      readyText: 'ready for connections.',
      stopSignal: 'TERM',
    });
    return new MysqlProcess(process, generalLog);
  }

  /** Resolves when the server accepts connections. */
  async run(): Promise<void> {
    await this.#process.run();
  }

  /** All that the server has written of itself. A refused login is there before the client hears of it. */
  log(): string {
    return this.#process.log();
  }

  /** All statements and logins. A statement is there before it runs. */
  generalLog(): string {
    return this.#generalLog.read();
  }

  /** Sessions end, open transactions roll back. Resolves when the process and its folder are gone. */
  async stop(): Promise<void> {
    await this.#process.stop();
    this.#generalLog.close();
  }
}
