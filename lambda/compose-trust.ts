import type { S3Client } from '@aws-sdk/client-s3';
import type { DatabaseConfig, OracleConfig } from '../config/database-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import {
  isWallet,
  type WalletInObjectStorage,
  type WalletSource,
} from '../config/wallet-config.ts';
import { readSecretString } from './adapters/aws-secret-string.ts';
import type { OracleTrust } from './adapters/oracle.ts';
import type { OpenedWallet } from './adapters/oracle-wallet.ts';
import { readTrust } from './adapters/trust.ts';
import type { StoredWallet } from './adapters/wallet-form.ts';
import { composeOciAccess, type MirrorParts } from './compose-mirror.ts';
import { ConfigurationError } from './domain/errors.ts';
import type { Trust } from './ports/trust.ts';

/** What reading a database's certificates takes, wherever they are kept. */
export interface TrustParts extends MirrorParts {
  readonly container: MirrorParts['container'] & {
    readonly taskRoot: string;
    /** Loads the SDK of S3 with the first call. */
    readonly audit: () => Promise<{ readonly s3: S3Client }>;
    readonly config: { readonly mirrors: readonly OciVaultConfig[] };
  };
}

/** What an Oracle server is known by, read from where it is kept. */
export async function readOracleTrust(
  { name, trust }: OracleConfig,
  parts: TrustParts,
): Promise<OracleTrust> {
  if (!isWallet(trust)) {
    const ca = await readTrust(trust, parts.container);
    return ca === undefined ? 'system' : { ca };
  }
  const wallet = await openWalletOf(trust, { subject: name, parts });
  const { requireValid } = await import('./adapters/oracle-wallet.ts');
  requireValid(wallet, { subject: name, ...parts });
  return wallet;
}

/** The certificates of the databases that have their own; nothing is read before it is asked for. */
export function composeTrusts(
  databases: readonly DatabaseConfig[],
  parts: TrustParts,
): readonly Trust[] {
  return databases
    .filter(({ trust }) => trust !== 'system')
    .map(({ name: subject, trust }) => ({
      subject,
      endMs: async () => {
        if (isWallet(trust)) return (await openWalletOf(trust, { subject, parts })).endMs;
        const { firstEndOfPemMs } = await import('./adapters/certificate-end.ts');
        const pem = await readTrust(trust, parts.container);
        return firstEndOfPemMs(pem ?? '', parts.clock.now());
      },
    }));
}

interface WalletOfDatabase {
  readonly subject: string;
  readonly parts: TrustParts;
}

async function openWalletOf(
  source: WalletSource,
  { subject, parts }: WalletOfDatabase,
): Promise<OpenedWallet> {
  const [stored, { openWallet }] = await Promise.all([
    readWallet(source, { subject, parts }),
    import('./adapters/oracle-wallet.ts'),
  ]);
  const context = { subject, redactor: parts.redactor, clock: parts.clock };
  return await openWallet(stored, { sha256: source.walletSha256, context });
}

async function readWallet(source: WalletSource, of: WalletOfDatabase): Promise<StoredWallet> {
  const { subject, parts } = of;
  const { redactor } = parts;
  const reading = { subject, redactor, budget: parts.budget, clock: parts.clock };
  const { parseWalletPassword, parseWalletSecret } = await import('./adapters/wallet-in-secret.ts');
  const passwordOf = async (secretArn: string): Promise<string> =>
    parseWalletPassword(await readSecret(secretArn, parts), { secretArn, redactor });
  if ('walletSecretArn' in source) {
    const secretArn = source.walletSecretArn;
    return parseWalletSecret(await readSecret(secretArn, parts), { secretArn, redactor });
  }
  if ('walletUrlSecretArn' in source) {
    const secretArn = source.walletUrlSecretArn;
    const { readWalletAtUrl } = await import('./adapters/wallet-at-url.ts');
    return await readWalletAtUrl(await readSecret(secretArn, parts), { secretArn, reading });
  }
  const password = await passwordOf(source.walletPasswordSecretArn);
  if ('walletMirror' in source) {
    return { bytes: await readFromObjectStorage(source, of), password };
  }
  const [{ s3: client }, { readWalletInS3 }] = await Promise.all([
    parts.container.audit(),
    import('./adapters/wallet-in-s3.ts'),
  ]);
  return { bytes: await readWalletInS3(source, { client, reading }), password };
}

async function readFromObjectStorage(
  source: WalletInObjectStorage,
  { subject, parts }: WalletOfDatabase,
): Promise<Uint8Array> {
  const { container, redactor, budget, clock } = parts;
  const mirror = container.config.mirrors.find(({ name }) => name === source.walletMirror);
  if (mirror === undefined) {
    throw new ConfigurationError(`there is no mirror ${source.walletMirror}`, {
      subject,
      remedy: 'name one of the mirrors as "trust.walletMirror" in rotations.json, and deploy again',
    });
  }
  const [access, { readWalletInObjectStorage }] = await Promise.all([
    composeOciAccess(mirror, parts),
    import('./adapters/wallet-in-object-storage.ts'),
  ]);
  const reading = { subject, redactor, budget, clock };
  return await readWalletInObjectStorage(source, { mirror, access, reading });
}

async function readSecret(
  secretArn: string,
  { container, budget, redactor }: TrustParts,
): Promise<string> {
  return await readSecretString(container.secretsManager, { secretArn, budget, redactor });
}
