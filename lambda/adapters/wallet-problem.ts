import { WalletError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock } from '../domain/time-budget.ts';

export interface WalletContext {
  /** The database the wallet is for. */
  readonly subject: string;
  readonly redactor: Redactor;
  readonly clock: Pick<Clock, 'now'>;
}

/** What to do where nothing more special helps. */
export const GET_WALLET = 'download the wallet again and store it in place of this one';

/** The error for a wallet that cannot be used. */
export function walletProblem(
  finding: string,
  {
    context: { subject, redactor },
    remedy = GET_WALLET,
    cause,
  }: {
    readonly context: Pick<WalletContext, 'subject' | 'redactor'>;
    readonly remedy?: string;
    readonly cause?: unknown;
  },
): WalletError {
  const known = cause === undefined ? {} : { cause: redactor.summarize(cause) };
  return new WalletError(finding, { subject, remedy, ...known });
}
