import type { Frame } from './message-frames.ts';

const BLANKS_AND_COMMENTS = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;
/** Commands that say only with their second word what they do. */
const TWO_WORD_COMMANDS = new Set(['ALTER', 'CREATE', 'DROP', 'RESET', 'SET', 'START']);

/**
 * What a fault plan calls a statement: the command in upper case, with the second word where the first says too little
 * (`SELECT`, `BEGIN`, `ALTER ROLE`, `SET LOCAL`). Several statements in one text go by the first.
 */
export function statementName(sql: string): string {
  const [first = '', second = ''] = sql
    .replace(BLANKS_AND_COMMENTS, '')
    .toUpperCase()
    .split(/[\s;(\0]+/, 2);
  return TWO_WORD_COMMANDS.has(first) ? `${first} ${second}`.trimEnd() : first;
}

/**
 * Remembers which SQL text the prepared statements and portals of one session stand for, to name an Execute.
 */
export class PreparedStatements {
  readonly #textByStatement = new Map<string, string>();
  readonly #textByPortal = new Map<string, string>();

  /** Takes a message of the extended protocol, and for an Execute returns the SQL text that it runs. */
  note(frame: Frame): string | undefined {
    const [first = '', second = ''] = frame.body.toString().split('\0', 2);
    if (frame.type === 'P') this.#textByStatement.set(first, second);
    if (frame.type === 'B') this.#textByPortal.set(first, this.#textByStatement.get(second) ?? '');
    return frame.type === 'E' ? this.#textByPortal.get(first) : undefined;
  }
}
