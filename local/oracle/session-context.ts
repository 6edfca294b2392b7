import type { FaultPlan } from '../faults.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { DialectTraits } from './dialects.ts';
import type { Journal } from './journal.ts';
import type { RandomBytes, TwelveCVerifier } from './logon/twelve-c-verifier.ts';
import type { SqlRow } from './sql/sql-value.ts';

/** What all sessions of a server share. */
export interface SessionContext {
  readonly traits: DialectTraits;
  readonly accounts: Accounts<TwelveCVerifier>;
  readonly faults: FaultPlan;
  readonly journal: Journal;
  readonly randomBytes: RandomBytes;
  readonly serviceName: string;
  readonly protocol: 'tcp' | 'tcps';
  /** Rows by the text of the query that they answer. */
  readonly answers: ReadonlyMap<string, readonly SqlRow[]>;
  /** Makes the salt that a user is shown who does not exist. */
  readonly decoyKey: Buffer;
}
