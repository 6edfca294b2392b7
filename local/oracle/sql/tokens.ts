import { OracleError } from '../oracle-error.ts';

export type TokenKind = 'word' | 'quoted' | 'text' | 'number' | 'bind' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly source: string;
  /** What it stands for: words in capitals, quotes taken off. */
  readonly value: string;
}

const PATTERN =
  /(?<space>\s+)|(?<quoted>"[^"]+")|(?<text>'(?:[^']|'')*')|(?<number>\d+(?:\.\d+)?)|(?<bind>:\w+)|(?<word>[A-Za-z][\w$#]*)|(?<symbol>[(),=*.-])/guy;

/** The tokens of a statement, taken from the front. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #position = 0;

  /** @throws OracleError 911 at a character that no token begins with */
  constructor(sql: string) {
    this.#tokens = tokenize(sql);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  /** How many tokens were taken. */
  get position(): number {
    return this.#position;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  take(): Token | undefined {
    const token = this.peek();
    if (token !== undefined) this.#position += 1;
    return token;
  }

  /** Takes the next token if it is of one of these kinds. */
  takeKind(...kinds: readonly TokenKind[]): Token | undefined {
    const kind = this.peek()?.kind;
    return kind !== undefined && kinds.includes(kind) ? this.take() : undefined;
  }

  /** Takes these words or symbols if they are the next ones, all of them. */
  takeAll(...values: readonly string[]): boolean {
    const found = values.every((value, index) => {
      const token = this.#tokens[this.#position + index];
      return (token?.kind === 'word' || token?.kind === 'symbol') && token.value === value;
    });
    if (found) this.#position += values.length;
    return found;
  }

  /** Takes these words or symbols, or throws `error`. */
  expect(values: readonly string[], error: OracleError): void {
    if (!this.takeAll(...values)) throw error;
  }

  /** What stands between two positions, blanks removed and words in capitals. */
  sourceBetween(start: number, end: number): string {
    const tokens = this.#tokens.slice(start, end);
    return tokens.map(({ kind, source, value }) => (kind === 'word' ? value : source)).join('');
  }
}

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of sql.matchAll(PATTERN)) {
    end = match.index + match[0].length;
    const token = tokenOf(match);
    if (token !== undefined) tokens.push(token);
  }
  if (end < sql.length) throw new OracleError(911);
  return tokens;
}

function tokenOf(match: RegExpExecArray): Token | undefined {
  const source = match[0];
  const { quoted, text, number, bind, word, symbol } = match.groups ?? {};
  if (quoted !== undefined) return { kind: 'quoted', source, value: quoted.slice(1, -1) };
  if (text !== undefined) {
    return { kind: 'text', source, value: text.slice(1, -1).replaceAll("''", "'") };
  }
  if (number !== undefined) return { kind: 'number', source, value: number };
  if (bind !== undefined) return { kind: 'bind', source, value: bind };
  if (word !== undefined) return { kind: 'word', source, value: word.toUpperCase() };
  return symbol === undefined ? undefined : { kind: 'symbol', source, value: symbol };
}
