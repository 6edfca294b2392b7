import type { DatabaseConfig } from '../config/database-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { isWallet, type WalletSource } from '../config/wallet-config.ts';

export interface Reached {
  readonly databases: readonly DatabaseConfig[];
  readonly mirrors: readonly OciVaultConfig[];
}

/** The secrets that hold what the function signs in to other systems with: OCI API keys or OAuth clients, wallets, superusers. */
export function credentialSecretArns({ databases, mirrors }: Reached): readonly string[] {
  const wallets = walletSources(databases).map(secretOfWallet);
  const superusers = databases.flatMap(({ superuserSecretArn: arn }) =>
    arn === undefined ? [] : [arn],
  );
  const keys = mirrors.map(({ auth }) =>
    auth.type === 'federated' ? auth.clientSecretArn : auth.secretArn,
  );
  return [...new Set([...keys, ...wallets, ...superusers])];
}

/** Where the wallets of databases are kept. */
export function walletSources(databases: readonly DatabaseConfig[]): readonly WalletSource[] {
  return databases.flatMap(({ trust }) => (isWallet(trust) ? [trust] : []));
}

/** The wallet itself, the URL of it, or its password alone. */
function secretOfWallet(source: WalletSource): string {
  if ('walletSecretArn' in source) return source.walletSecretArn;
  if ('walletUrlSecretArn' in source) return source.walletUrlSecretArn;
  return source.walletPasswordSecretArn;
}
