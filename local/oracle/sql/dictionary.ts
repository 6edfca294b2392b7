import type { AccountDescription, AccountListing } from '../accounts/accounts.ts';
import { OracleError } from '../oracle-error.ts';
import type { Column, SqlRow, SqlValue } from './sql-value.ts';

/** Whose session it is and how it came in. */
export interface SessionFacts {
  readonly user: string;
  readonly serviceName: string;
  readonly protocol: 'tcp' | 'tcps';
  readonly accounts: {
    describe(user: string): AccountDescription;
    list(): readonly AccountListing[];
  };
}

/** A view, or DUAL, as this session sees it. */
export interface View {
  readonly columns: readonly Column[];
  readonly rows: readonly SqlRow[];
}

/** Undefined for a view that is not there, or is not for this user. */
export function findView(name: string, facts: SessionFacts): View | undefined {
  switch (name) {
    case 'DUAL':
      return { columns: [{ name: 'DUMMY', type: 'text' }], rows: [{ DUMMY: 'X' }] };
    case 'USER_USERS':
      return userUsers(facts);
    case 'ALL_USERS':
      return {
        columns: [
          { name: 'USERNAME', type: 'text' },
          { name: 'CREATED', type: 'date' },
        ],
        rows: facts.accounts
          .list()
          .map(({ name, created }) => ({ USERNAME: name, CREATED: created })),
      };
    case 'USER_PASSWORD_LIMITS':
      return {
        columns: [
          { name: 'RESOURCE_NAME', type: 'text' },
          { name: 'LIMIT', type: 'text' },
        ],
        rows: facts.accounts.describe(facts.user).limits,
      };
    default:
      return undefined;
  }
}

/** SYS_CONTEXT. @throws OracleError 2003 for a parameter of USERENV that is not known */
export function sysContext(
  facts: SessionFacts,
  { namespace, parameter }: { readonly namespace: string; readonly parameter: string },
): SqlValue {
  if (namespace.toUpperCase() !== 'USERENV') return null;
  const { user, serviceName, protocol } = facts;
  const values: Readonly<Record<string, string>> = {
    SESSION_USER: user,
    CURRENT_USER: user,
    CURRENT_SCHEMA: user,
    AUTHENTICATED_IDENTITY: user,
    AUTHENTICATION_METHOD: 'PASSWORD',
    SERVICE_NAME: serviceName,
    CON_NAME: 'STANDIN',
    DB_NAME: 'STANDIN',
    DATABASE_ROLE: 'PRIMARY',
    NETWORK_PROTOCOL: protocol,
  };
  const value = values[parameter.toUpperCase()];
  if (value === undefined) throw new OracleError(2003);
  return value;
}

function userUsers({ accounts, user }: SessionFacts): View {
  const { status, expiryDate, lockDate, passwordChangeDate } = accounts.describe(user);
  return {
    columns: [
      { name: 'USERNAME', type: 'text' },
      { name: 'ACCOUNT_STATUS', type: 'text' },
      { name: 'LOCK_DATE', type: 'date' },
      { name: 'EXPIRY_DATE', type: 'date' },
      { name: 'PASSWORD_CHANGE_DATE', type: 'date' },
    ],
    rows: [
      {
        USERNAME: user,
        ACCOUNT_STATUS: status,
        LOCK_DATE: lockDate ?? null,
        EXPIRY_DATE: expiryDate ?? null,
        PASSWORD_CHANGE_DATE: passwordChangeDate,
      },
    ],
  };
}
