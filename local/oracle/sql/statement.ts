import { OracleError } from '../oracle-error.ts';
import { parseSelect, type SelectStatement } from './select-statement.ts';
import { Tokens } from './tokens.ts';

/** `ALTER USER name [IDENTIFIED BY password [REPLACE replaced]] [EXPIRE PASSWORD ROLLOVER PERIOD]`. */
export interface AlterUserStatement {
  readonly kind: 'alterUser';
  readonly user: string;
  readonly password: string | undefined;
  readonly replaced: string | undefined;
  readonly endsRollover: boolean;
}

export type Statement = SelectStatement | AlterUserStatement | { readonly kind: 'transaction' };

/**
 * Parses one of the statements that a rotation needs.
 *
 * @throws OracleError 900 for any other, and what Oracle says about flaws in these
 */
export function parseStatement(sql: string): Statement {
  const tokens = new Tokens(sql);
  if (tokens.takeAll('SELECT')) return parseSelect(tokens);
  if (tokens.takeAll('ALTER', 'USER')) return parseAlterUser(tokens);
  const isTransaction = tokens.takeAll('COMMIT') || tokens.takeAll('ROLLBACK');
  if (isTransaction && tokens.isAtEnd) return { kind: 'transaction' };
  throw new OracleError(900);
}

function parseAlterUser(tokens: Tokens): AlterUserStatement {
  const user = tokens.takeKind('word', 'quoted')?.value;
  if (user === undefined) throw new OracleError(1918, "user '' does not exist");
  const password = tokens.takeAll('IDENTIFIED', 'BY') ? takePassword(tokens) : undefined;
  const isReplacing = password !== undefined && tokens.takeAll('REPLACE');
  const replaced = isReplacing ? takePassword(tokens) : undefined;
  const endsRollover = tokens.takeAll('EXPIRE', 'PASSWORD', 'ROLLOVER', 'PERIOD');
  const isEmpty = password === undefined && !endsRollover;
  if (isEmpty || !tokens.isAtEnd) throw new OracleError(922);
  return { kind: 'alterUser', user, password, replaced, endsRollover };
}

/** In double quotes or not, the case of a password counts. */
function takePassword(tokens: Tokens): string {
  const token = tokens.takeKind('word', 'quoted');
  if (token === undefined) throw new OracleError(988);
  return token.kind === 'quoted' ? token.value : token.source;
}
