import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { WalletInS3 } from '../../config/wallet-config.ts';
import { WalletUnreachableError, type WalletRefusedError } from '../domain/errors.ts';
import { nameOf, statusOf } from './audit-failure.ts';
import { readBounded } from './bounded-bytes.ts';
import {
  toWalletError,
  WALLET_BYTES_MAX,
  walletRefused,
  type WalletReading,
} from './wallet-source.ts';

const PLACE = 'S3';
/** All of a call: the SDK's attempts, the waits between them, and the body of the answer. */
const CALL_MAX_MS = 8_000;
const OUT_OF_ORDER = [429, 500, 502, 503, 504];

/** The SDK repeats a request, but not one whose answer breaks off in the middle of the body. */
const READS_MAX = 2;

/**
 * Reads a wallet from S3.
 *
 * @throws WalletRefusedError, WalletUnreachableError, WalletError (too large), DeadlineError
 */
export async function readWalletInS3(
  source: WalletInS3,
  { client, reading }: { readonly client: S3Client; readonly reading: WalletReading },
): Promise<Uint8Array> {
  for (let read = 1; ; read += 1) {
    try {
      return await readOnce(source, { client, reading });
    } catch (error) {
      const failure = isRefusal(error)
        ? refusal(error, { source, reading })
        : toWalletError(error, { place: PLACE, reading });
      if (read === READS_MAX || !(failure instanceof WalletUnreachableError)) throw failure;
    }
  }
}

async function readOnce(
  source: WalletInS3,
  { client, reading: { budget } }: { client: S3Client; reading: WalletReading },
): Promise<Uint8Array> {
  const { Body: body } = await client.send(
    new GetObjectCommand({
      Bucket: source.walletS3Bucket,
      Key: source.walletS3Key,
      VersionId: source.walletS3VersionId,
    }),
    { abortSignal: AbortSignal.timeout(budget.timeoutMs(CALL_MAX_MS)) },
  );
  if (body === undefined) return new Uint8Array();
  return await readBounded(body as AsyncIterable<Uint8Array>, WALLET_BYTES_MAX);
}

/** Whether S3 itself said no, and is not merely out of order. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status >= 300 && !OUT_OF_ORDER.includes(status);
}

function refusal(
  error: unknown,
  { source, reading }: { source: WalletInS3; reading: WalletReading },
): WalletRefusedError {
  const { walletS3Bucket: bucket, walletS3Key: key, walletS3VersionId: versionId } = source;
  return walletRefused(`S3 refused the wallet s3://${bucket}/${key} (${nameOf(error)})`, {
    subject: reading.subject,
    remedy: remedyFor(statusOf(error) ?? 0, versionId),
    cause: reading.redactor.summarize(error),
  });
}

function remedyFor(status: number, versionId: string | undefined): string {
  if (status === 404) return 'check walletS3Bucket, walletS3Key and walletS3VersionId';
  if (status >= 300 && status < 400) {
    return 'put the wallet into a bucket of the region that the function is in';
  }
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  return `check that the object exists, which S3 does not tell without s3:ListBucket, and that the function's role, the bucket's policy and the key's policy allow ${action} and kms:Decrypt`;
}
