import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { WalletInObjectStorage } from '../../config/wallet-config.ts';
import type { WalletRefusedError } from '../domain/errors.ts';
import { getBounded } from './bounded-get.ts';
import type { OciAccess, OciSigningKey } from './oci-access.ts';
import { ociServiceUrl } from './oci-service-url.ts';
import { signerOf } from './oci-request-signer.ts';
import {
  toWalletError,
  WALLET_BYTES_MAX,
  walletRefused,
  type WalletReading,
} from './wallet-source.ts';

const PLACE = 'OCI Object Storage';
/** OCI's own words for what went wrong: `{"code": "ObjectNotFound", …}`. */
const CODE = /^[A-Za-z]{1,64}$/;

/**
 * Reads a wallet from OCI Object Storage (GetObject). The SDK's client is not used: it is 4 MB for one call, and reads
 * without a bound.
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
  const url = urlOf(source, mirror);
  const getWith = async (key: OciSigningKey): ReturnType<typeof getBounded> => {
    const signer = signerOf(key);
    const headers = async (): Promise<Headers> => {
      const signed = new Headers();
      await signer.signHttpRequest({ method: 'GET', uri: url, headers: signed });
      return signed;
    };
    return await getBounded(url, { headers, bytesMax: WALLET_BYTES_MAX, budget, clock });
  };
  const key = await access.signingKey();
  try {
    let answer = await getWith(key);
    const other = answer.status === 401 ? await access.replace(key) : undefined;
    if (other !== undefined) answer = await getWith(other);
    if (answer.status === 200) return answer.bytes;
    throw refusal(answer, { source, mirror, reading });
  } catch (error) {
    throw toWalletError(error, { place: PLACE, reading });
  }
}

function urlOf(
  { walletOciNamespace, walletOciBucket, walletOciObject }: WalletInObjectStorage,
  mirror: Pick<OciVaultConfig, 'region' | 'endpoints'>,
): string {
  const { href: endpoint } = ociServiceUrl(mirror, 'objectStorage');
  const [namespace, bucket, object] = [walletOciNamespace, walletOciBucket, walletOciObject].map(
    (part) => encodeURIComponent(part),
  );
  return `${endpoint.replace(/\/+$/, '')}/n/${namespace}/b/${bucket}/o/${object}`;
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

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    const { code } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly code?: unknown };
    return typeof code === 'string' && CODE.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
