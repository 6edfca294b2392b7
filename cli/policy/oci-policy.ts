import { connectionStringsSecrets } from '../../config/connection-strings-config.ts';
import type { AuditCopyTo } from '../../config/audit-copy-config.ts';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { isWallet } from '../../config/wallet-config.ts';

/** What the group of the OCI API key must be allowed on one secret, wallet or bucket, and what each statement is for. */
export interface OciStatement {
  readonly mirror: string;
  readonly statement: string;
  readonly reason: string;
}

/** Resource types and verbs as OCI's key policy reference has them (inspect < read < use < manage). */
const GRANTS: readonly { readonly verb: string; readonly type: string; readonly reason: string }[] =
  [
    { verb: 'use', type: 'secrets', reason: 'stage and promote a version' },
    { verb: 'read', type: 'secret-bundles', reason: 'read a version back' },
    { verb: 'inspect', type: 'secret-versions', reason: 'see which versions there are' },
    {
      verb: 'manage',
      type: 'secret-versions',
      reason: 'have old versions deleted: a secret that keeps 30 takes no more',
    },
  ];

/**
 * The least policy of OCI for the mirrors of a rotation, for its second secrets there, for the wallets that are read
 * with the mirrors' access, and for the bucket that copies of its audit trail are put into.
 *
 * @param group whose members the function's API key belongs to
 * @param compartment where the secrets and buckets are
 */
export function ociPolicy(
  rotation: Pick<RotationEntry, 'mirrors' | 'connectionStrings' | 'databases'> & {
    readonly audit?: Pick<RotationEntry['audit'], 'copyTo'>;
  },
  { group, compartment }: { readonly group: string; readonly compartment: string },
): readonly OciStatement[] {
  const seconds = connectionStringsSecrets(rotation).flatMap((one) =>
    'mirror' in one ? [one.mirror] : [],
  );
  const ofSecrets = [...rotation.mirrors, ...seconds].flatMap(({ name, secretOcid }) =>
    GRANTS.map(({ verb, type, reason }) => ({
      mirror: name,
      statement: `allow group ${group} to ${verb} ${type} in compartment ${compartment} where target.secret.id = '${secretOcid}'`,
      reason,
    })),
  );
  const ofWallets = rotation.databases.flatMap(({ name, trust }) => {
    if (!isWallet(trust) || !('walletMirror' in trust)) return [];
    const { walletMirror: mirror, walletOciBucket: bucket, walletOciObject: object } = trust;
    const where = `all {target.bucket.name = '${bucket}', target.object.name = '${object}'}`;
    return {
      mirror,
      statement: `allow group ${group} to read objects in compartment ${compartment} where ${where}`,
      reason: `read the wallet of ${name}`,
    };
  });
  return [...ofSecrets, ...ofWallets, ...ofCopies(rotation.audit?.copyTo, { group, compartment })];
}

/** By permissions, because each of OCI's verbs that may create may also overwrite and delete. */
function ofCopies(
  copyTo: AuditCopyTo | undefined,
  { group, compartment }: { readonly group: string; readonly compartment: string },
): readonly OciStatement[] {
  if (copyTo === undefined) return [];
  const { mirror, bucket } = copyTo.ociObjectStorage;
  const permissions = ['OBJECT_CREATE', 'OBJECT_INSPECT'].map(
    (permission) => `request.permission = '${permission}'`,
  );
  return [
    {
      mirror,
      statement: `allow group ${group} to manage objects in compartment ${compartment} where all {target.bucket.name = '${bucket}', any {${permissions.join(', ')}}}`,
      reason:
        'put copies of the audit trail into the bucket and see which there are; neither read, overwrite nor delete',
    },
  ];
}
