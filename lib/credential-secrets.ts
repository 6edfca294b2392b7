import type { DatabaseConfig } from '../config/database-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';

export interface Reached {
  readonly databases: readonly DatabaseConfig[];
  readonly mirrors: readonly OciVaultConfig[];
}

/** The secrets that hold what the function signs in to other systems with: OCI API keys, wallets, superusers. */
export function credentialSecretArns({ databases, mirrors }: Reached): readonly string[] {
  const wallets = databases.flatMap(({ trust }) =>
    trust !== 'system' && 'walletSecretArn' in trust ? [trust.walletSecretArn] : [],
  );
  const superusers = databases.flatMap(({ superuserSecretArn: arn }) =>
    arn === undefined ? [] : [arn],
  );
  return [...new Set([...mirrors.map(({ auth }) => auth.secretArn), ...wallets, ...superusers])];
}
