import type { AccountRules } from '../ports/database.ts';
import type { OracleConnection } from './oracle-connection.ts';
import type { ErrorContext } from './oracle-errors.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const LIMITS = [
  'FAILED_LOGIN_ATTEMPTS',
  'PASSWORD_LIFE_TIME',
  'PASSWORD_REUSE_MAX',
  'PASSWORD_REUSE_TIME',
  'PASSWORD_VERIFY_FUNCTION',
]
  .map((name) => `(SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = '${name}')`)
  .join(', ');
const RULES = `SELECT ACCOUNT_STATUS, EXPIRY_DATE, ${LIMITS} FROM USER_USERS`;

/** How a user stands where nothing is wrong: also in the time in which its old password is valid too. */
const OPEN = ['OPEN', 'OPEN & IN ROLLOVER'];

/**
 * Reads what a user may see of its own account and profile, in one round trip.
 *
 * @throws as OracleConnection.read
 */
export async function readAccountRules(
  connection: OracleConnection,
  context: ErrorContext,
): Promise<AccountRules> {
  const [status, end, attempts, life, reuseMax, reuseTime, verify] = await connection.read(
    RULES,
    context,
  );
  const refusedLoginsMax = limitOf(attempts);
  return {
    ...(!OPEN.includes(String(status)) && { status: String(status) }),
    ...passwordEnd(end, limitOf(life)),
    ...(refusedLoginsMax !== undefined && { refusedLoginsMax }),
    ...(typeof verify === 'string' && verify !== 'NULL' && { verifyFunction: verify }),
    reuse: `PASSWORD_REUSE_MAX ${String(reuseMax)}, PASSWORD_REUSE_TIME ${String(reuseTime)}`,
  };
}

function passwordEnd(
  end: unknown,
  lifeDays: number | undefined,
): Pick<AccountRules, 'passwordEndMs' | 'passwordLifeMs'> {
  if (end instanceof Date) return { passwordEndMs: end.getTime() };
  return lifeDays === undefined ? {} : { passwordLifeMs: lifeDays * DAY_MS };
}

/** UNLIMITED and what else is no number is no limit. The decimal point is that of the session's territory. */
function limitOf(limit: unknown): number | undefined {
  const value = typeof limit === 'string' ? Number(limit.replace(',', '.')) : NaN;
  return Number.isFinite(value) ? value : undefined;
}
