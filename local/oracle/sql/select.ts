import { OracleError } from '../oracle-error.ts';
import { UNKNOWN_VALUE, type BindValue } from '../ttc/bind-values.ts';
import { findView, sysContext, type SessionFacts, type View } from './dictionary.ts';
import type { Expression, SelectItem, SelectStatement } from './select-statement.ts';
import {
  columnTypeOf,
  type Column,
  type ResultTable,
  type SqlRow,
  type SqlValue,
} from './sql-value.ts';

/**
 * Answers a query.
 *
 * @throws OracleError 942, 904, 913, 1008, 1427, 2003, 3115
 */
export function select(
  statement: SelectStatement,
  { facts, binds }: { readonly facts: SessionFacts; readonly binds: readonly BindValue[] },
): ResultTable {
  const view = findView(statement.from, facts);
  if (view === undefined) throw new OracleError(942);
  const items = statement.items === '*' ? view.columns.map(itemOf) : statement.items;
  const evaluator = new Evaluator(facts, binds);
  const columns = items.map((item) => columnOf(item, { view, evaluator }));
  const rows = view.rows
    .filter((row) => statement.where.every((condition) => evaluator.isTrue(condition, row)))
    .map((row) => items.map(({ expression }) => evaluator.value(expression, row)));
  return { columns, rows };
}

class Evaluator {
  readonly #facts: SessionFacts;
  readonly #binds: readonly BindValue[];

  constructor(facts: SessionFacts, binds: readonly BindValue[]) {
    this.#facts = facts;
    this.#binds = binds;
  }

  value(expression: Expression, row: SqlRow): SqlValue {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'user':
        return this.#facts.user;
      case 'bind':
        return this.#bind(expression.index);
      case 'sysContext':
        return sysContext(this.#facts, {
          namespace: this.#text(expression.namespace, row),
          parameter: this.#text(expression.parameter, row),
        });
      case 'column': {
        const value = row[expression.name];
        if (value === undefined)
          throw new OracleError(904, `"${expression.name}": invalid identifier`);
        return value;
      }
      case 'subquery':
        return this.#only(expression.query);
    }
  }

  /** NULL equals nothing. */
  isTrue({ left, right }: SelectStatement['where'][number], row: SqlRow): boolean {
    const value = this.value(left, row);
    return value !== null && value === this.value(right, row);
  }

  /** NULL where there is no row. */
  #only(query: SelectStatement): SqlValue {
    const { columns, rows } = select(query, { facts: this.#facts, binds: this.#binds });
    if (columns.length > 1) throw new OracleError(913);
    if (rows.length > 1) throw new OracleError(1427);
    return rows[0]?.[0] ?? null;
  }

  #bind(index: number): SqlValue {
    const value = this.#binds[index];
    if (value === undefined) throw new OracleError(1008);
    if (value === UNKNOWN_VALUE) throw new OracleError(3115);
    return value;
  }

  #text(expression: Expression, row: SqlRow): string {
    return String(this.value(expression, row));
  }
}

function itemOf({ name }: Column): SelectItem {
  return { name, expression: { kind: 'column', name } };
}

/** Where no column of the view tells the type, the value in its first row does. */
function columnOf(
  { name, expression }: SelectItem,
  { view, evaluator }: { readonly view: View; readonly evaluator: Evaluator },
): Column {
  const known = expression.kind === 'column' ? expression.name : undefined;
  const type = view.columns.find((column) => column.name === known)?.type;
  return { name, type: type ?? columnTypeOf(evaluator.value(expression, view.rows[0] ?? {})) };
}
