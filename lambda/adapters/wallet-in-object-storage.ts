import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { WalletInObjectStorage } from '../../config/wallet-config.ts';
import type { WalletRefusedError } from '../domain/errors.ts';
import { codeOf, ObjectStorageClient, objectsUrl } from './object-storage-client.ts';
import type { OciAccess } from './oci-access.ts';
import { ociServiceUrl } from './oci-service-url.ts';
import {
  toWalletError,
  WALLET_BYTES_MAX,
  walletRefused,
  type WalletReading,
} from './wallet-source.ts';

const PLACE = 'OCI Object Storage';

/**
 * Reads a wallet from OCI Object Storage (GetObject).
 *
 * @param options.mirror whose region, or endpoint, it is
 * @param options.access what the request is signed with: the mirror's way in to OCI; once more with another key where OCI
 *   refuses one
 * @throws WalletRefusedError, WalletUnreachableError, WalletError (too large), DeadlineError
 */
export async function readWalletInObjectStorage(
  source: WalletInObjectStorage,
  options: {
    readonly mirror: Pick<OciVaultConfig, 'name' | 'region' | 'endpoints'>;
    readonly access: OciAccess;
    readonly reading: WalletReading;
  },
): Promise<Uint8Array> {
  const { mirror, access, reading } = options;
  const { budget, clock } = reading;
  const client = new ObjectStorageClient({ access, budget, clock });
  try {
    const answer = await client.call(urlOf(source, mirror), { bytesMax: WALLET_BYTES_MAX });
    if (answer.status === 200) return answer.bytes;
    throw refusal(answer, { source, mirror, reading });
  } catch (error) {
    throw toWalletError(error, { place: PLACE, reading });
  }
}

function urlOf(
  {
    walletOciNamespace: namespace,
    walletOciBucket: bucket,
    walletOciObject: object,
  }: WalletInObjectStorage,
  mirror: Pick<OciVaultConfig, 'region' | 'endpoints'>,
): string {
  const service = ociServiceUrl(mirror, 'objectStorage');
  return `${objectsUrl(service, { namespace, bucket })}/${encodeURIComponent(object)}`;
}

function refusal(
  { status, bytes }: { readonly status: number; readonly bytes: Uint8Array },
  {
    source,
    mirror,
    reading: { subject },
  }: {
    readonly source: WalletInObjectStorage;
    readonly mirror: Pick<OciVaultConfig, 'name' | 'region'>;
    readonly reading: WalletReading;
  },
): WalletRefusedError {
  const { walletOciBucket: bucket, walletOciObject: object } = source;
  const what = [`GetObject ${status}`, codeOf(bytes)].filter((part) => part !== undefined);
  const statement = `allow group <group> to read objects in compartment <compartment> where all {target.bucket.name = '${bucket}', target.object.name = '${object}'}`;
  return walletRefused(`${PLACE} refused the wallet ${object} (${what.join(' ')})`, {
    subject,
    remedy:
      status === 401
        ? `check how the mirror ${mirror.name} signs in to OCI, and the clock`
        : `check walletOciNamespace, walletOciBucket and walletOciObject, that the bucket is in ${mirror.region}, and that a policy says "${statement}"; OCI answers 404 for what is missing and for what is not permitted`,
  });
}
