import { MysqlConnection, type Row } from '../../lambda/adapters/mysql-connection.ts';
import type { MemoryLine } from './database-line.ts';

export interface MemoryMysqlConnectionOptions {
  readonly engine: 'mysql' | 'mariadb';
  readonly line: MemoryLine;
  /** What the server makes of a statement of this session. @throws what mysql2 would */
  readonly run: (sql: string) => readonly Row[];
  readonly close: () => Promise<void>;
}

/** Commands that say only with their second word what they do. */
const TWO_WORD_COMMANDS = new Set(['ALTER', 'SET', 'SHOW']);

/**
 * The adapter's connection over a server in memory, without driver and network. What the adapter's own sessions do with it
 * is what they do with a server.
 */
export class MemoryMysqlConnection extends MysqlConnection {
  readonly #options: MemoryMysqlConnectionOptions;

  constructor(options: MemoryMysqlConnectionOptions) {
    // Everything that would reach for the driver is replaced below.
    super({} as ConstructorParameters<typeof MysqlConnection>[0]);
    this.#options = options;
  }

  override get isSafe(): boolean {
    return true;
  }

  override async query(sql: string): Promise<readonly Row[]> {
    const { engine, line, run } = this.#options;
    return await line.call(`${engine}:query:${commandOf(sql)}`, () => run(sql));
  }

  override destroy(): void {
    this.#options.line.end();
  }

  override async close(): Promise<void> {
    await this.#options.close();
  }
}

function commandOf(sql: string): string {
  const [first = '', second = ''] = sql.split(' ', 2);
  return TWO_WORD_COMMANDS.has(first) ? `${first} ${second}` : first;
}
