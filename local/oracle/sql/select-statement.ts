import { OracleError } from '../oracle-error.ts';
import type { SqlValue } from './sql-value.ts';
import type { Tokens } from './tokens.ts';

export type Expression =
  | { readonly kind: 'literal'; readonly value: SqlValue }
  /** The index counts every occurrence, as clients bind. */
  | { readonly kind: 'bind'; readonly index: number }
  | { readonly kind: 'user' }
  | { readonly kind: 'sysContext'; readonly namespace: Expression; readonly parameter: Expression }
  | { readonly kind: 'column'; readonly name: string }
  /** `(SELECT …)`, which knows nothing of the query around it. */
  | { readonly kind: 'subquery'; readonly query: SelectStatement };

export interface SelectItem {
  readonly name: string;
  readonly expression: Expression;
}

/** `SELECT list FROM view [WHERE column = expression [AND …]]`. */
export interface SelectStatement {
  readonly kind: 'select';
  readonly items: readonly SelectItem[] | '*';
  readonly from: string;
  readonly where: readonly { readonly left: Expression; readonly right: Expression }[];
}

/** Parses what stands behind SELECT. @throws OracleError 936, 923, 933, 907 */
export function parseSelect(tokens: Tokens): SelectStatement {
  const statement = new SelectParser(tokens).parse();
  if (!tokens.isAtEnd) throw new OracleError(933);
  return statement;
}

class SelectParser {
  readonly #tokens: Tokens;
  #binds = 0;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  parse(): SelectStatement {
    const items = this.#tokens.takeAll('*') ? '*' : this.#items();
    this.#tokens.expect(['FROM'], new OracleError(923));
    this.#tokens.takeAll('SYS', '.');
    const from = this.#tokens.takeKind('word', 'quoted')?.value;
    if (from === undefined) throw new OracleError(903, 'invalid table name');
    const where = this.#tokens.takeAll('WHERE') ? this.#conditions() : [];
    return { kind: 'select', items, from, where };
  }

  #items(): SelectItem[] {
    const items = [this.#item()];
    while (this.#tokens.takeAll(',')) items.push(this.#item());
    return items;
  }

  #item(): SelectItem {
    const start = this.#tokens.position;
    const expression = this.#expression();
    const source = this.#tokens.sourceBetween(start, this.#tokens.position);
    return {
      name: this.#alias() ?? (expression.kind === 'column' ? expression.name : source),
      expression,
    };
  }

  #alias(): string | undefined {
    const isAnnounced = this.#tokens.takeAll('AS');
    const next = this.#tokens.peek();
    if (!isAnnounced && next?.kind === 'word' && next.value === 'FROM') return undefined;
    return this.#tokens.takeKind('word', 'quoted')?.value;
  }

  #conditions(): { left: Expression; right: Expression }[] {
    const conditions = [this.#condition()];
    while (this.#tokens.takeAll('AND')) conditions.push(this.#condition());
    return conditions;
  }

  #condition(): { left: Expression; right: Expression } {
    const left = this.#expression();
    this.#tokens.expect(['='], new OracleError(920, 'invalid relational operator'));
    return { left, right: this.#expression() };
  }

  #expression(): Expression {
    if (this.#tokens.takeAll('(', 'SELECT')) return this.#subquery();
    const isNegative = this.#tokens.takeAll('-');
    const token = this.#tokens.take();
    if (token?.kind === 'number') {
      return { kind: 'literal', value: Number(token.value) * (isNegative ? -1 : 1) };
    }
    if (token === undefined || isNegative || token.kind === 'symbol') throw new OracleError(936);
    if (token.kind === 'text') return { kind: 'literal', value: token.value };
    if (token.kind === 'quoted') return { kind: 'column', name: token.value };
    if (token.kind === 'bind') {
      this.#binds += 1;
      return { kind: 'bind', index: this.#binds - 1 };
    }
    return this.#word(token.value);
  }

  #subquery(): Expression {
    const query = this.parse();
    this.#tokens.expect([')'], new OracleError(907));
    return { kind: 'subquery', query };
  }

  #word(word: string): Expression {
    if (word === 'USER') return { kind: 'user' };
    if (word === 'FROM') throw new OracleError(936);
    if (word === 'NULL') return { kind: 'literal', value: null };
    if (word !== 'SYS_CONTEXT') return { kind: 'column', name: word };
    this.#tokens.expect(['('], new OracleError(906, 'missing left parenthesis'));
    const namespace = this.#expression();
    this.#tokens.expect([','], new OracleError(909, 'invalid number of arguments'));
    const parameter = this.#expression();
    this.#tokens.expect([')'], new OracleError(907));
    return { kind: 'sysContext', namespace, parameter };
  }
}
