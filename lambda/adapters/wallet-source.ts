import { LockstepError, WalletRefusedError, WalletUnreachableError } from '../domain/errors.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import { TooLongError } from './bounded-bytes.ts';
import { walletProblem, type WalletContext } from './wallet-problem.ts';

/** A wallet of Autonomous Database has about 25 KB. */
export const WALLET_BYTES_MAX = 1024 * 1024;

/** What reading a wallet from anywhere takes. */
export interface WalletReading extends Pick<WalletContext, 'subject' | 'redactor'> {
  readonly budget: TimeBudget;
  readonly clock: Clock;
}

/** The wallet's place answered and refused. */
export function walletRefused(
  finding: string,
  { subject, remedy, cause }: { subject: string; remedy: string; cause?: Error },
): WalletRefusedError {
  return new WalletRefusedError(finding, { subject, remedy, ...(cause && { cause }) });
}

/**
 * What an attempt to read a wallet over HTTP failed with, as far as that does not depend on where it is kept.
 *
 * @param place what did not answer, for people: "S3", "OCI Object Storage"
 */
export function toWalletError(
  error: unknown,
  { place, reading }: { readonly place: string; readonly reading: WalletReading },
): LockstepError {
  if (error instanceof LockstepError) return error;
  if (error instanceof TooLongError) {
    return walletProblem(`the wallet from ${place} has more than ${WALLET_BYTES_MAX} bytes`, {
      context: reading,
      remedy: 'see that the wallet itself is stored there, and nothing else with it',
    });
  }
  return new WalletUnreachableError(
    `${place} gave no usable answer to the question for the wallet`,
    {
      subject: reading.subject,
      remedy: `wait for the retry; if it happens again, check the way from the function to ${place}`,
      cause: reading.redactor.summarize(error),
    },
  );
}
