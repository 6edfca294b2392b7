import * as z from 'zod';
import { Name, OciBucket, OciNamespace, SecretArn } from './primitives.ts';

const WalletSha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'what sha256sum prints: 64 lower-case hex digits')
  .optional()
  .describe(
    'SHA-256 of the wallet as it is stored (in a secret: of the text under "wallet"). Another wallet is refused before it is parsed.',
  );

const WalletPasswordSecretArn = SecretArn.describe(
  'A secret holding {"password": "…"}, the password of the wallet.',
);

/** A wallet in a secret beside its password. */
const WalletInSecret = z.strictObject({
  walletSecretArn: SecretArn.describe(
    'A secret holding {"wallet": "<ewallet.pem, or base64 of the zip or of ewallet.p12>", "password": "…"}.',
  ),
  walletSha256: WalletSha256,
});

/** An IAM policy would take * and ? of a key for wildcards and $ for a variable, and let the function read more. */
const S3_KEY = /^[^*?$\p{Cc}]{1,1024}$/u;

/** A wallet in S3, in the function's region: PEM, zip or PKCS#12. */
const WalletInS3 = z.strictObject({
  walletS3Bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
  walletS3Key: z.string().regex(S3_KEY, 'a key without *, ? and $'),
  walletS3VersionId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,1024}$/, 'a version id')
    .optional()
    .describe('Left out: the newest version.'),
  walletPasswordSecretArn: WalletPasswordSecretArn,
  walletSha256: WalletSha256,
});

/** A wallet in OCI Object Storage, in the mirror's region: PEM, zip or PKCS#12. */
const WalletInObjectStorage = z.strictObject({
  walletMirror: Name.describe('The mirror whose access to OCI reads the object, and its region.'),
  walletOciNamespace: OciNamespace,
  walletOciBucket: OciBucket,
  walletOciObject: z.string().min(1).max(1024),
  walletPasswordSecretArn: WalletPasswordSecretArn,
  walletSha256: WalletSha256,
});

/** A wallet behind a pre-authenticated URL. Whoever has the URL has the wallet, so it is kept as a secret. */
const WalletAtUrl = z.strictObject({
  walletUrlSecretArn: SecretArn.describe(
    'A secret holding {"url": "https://…", "password": "…"}: a pre-authenticated URL of the wallet, and its password.',
  ),
  walletSha256: WalletSha256,
});

/** Where an Oracle wallet is read from, each time that it is needed. */
export const WalletSource = z.union([
  WalletInSecret,
  WalletInS3,
  WalletInObjectStorage,
  WalletAtUrl,
]);

export type WalletInSecret = z.infer<typeof WalletInSecret>;
export type WalletInS3 = z.infer<typeof WalletInS3>;
export type WalletInObjectStorage = z.infer<typeof WalletInObjectStorage>;
export type WalletAtUrl = z.infer<typeof WalletAtUrl>;
export type WalletSource = z.infer<typeof WalletSource>;

/** What a database's `trust` may be. */
type TrustConfig = 'system' | { readonly caFile: string } | WalletSource;

/** Whether a database is to be known by a wallet. */
export function isWallet(trust: TrustConfig): trust is WalletSource {
  return trust !== 'system' && !('caFile' in trust);
}

interface WithWallets {
  readonly databases: readonly { readonly trust: TrustConfig }[];
  readonly mirrors: readonly { readonly name: string }[];
}

/** A wallet in Object Storage is read with the access of a mirror that there is. */
export function checkWalletMirrors(
  { databases, mirrors }: WithWallets,
  check: z.RefinementCtx,
): void {
  const names = mirrors.map(({ name }) => name);
  for (const [index, { trust }] of databases.entries()) {
    if (!isWallet(trust) || !('walletMirror' in trust)) continue;
    if (names.includes(trust.walletMirror)) continue;
    check.addIssue({
      code: 'custom',
      path: ['databases', index, 'trust', 'walletMirror'],
      message: 'the name of one of the mirrors',
    });
  }
}
