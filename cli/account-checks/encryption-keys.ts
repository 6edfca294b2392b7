import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { ok, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import { isMissing, look, type Account } from './account.ts';

const CHECK = 'encryption-key';

/** A key that a rotation cannot do without. */
interface NeededKey {
  readonly subject: string;
  readonly keyId: string;
  /** What the key is to be made for, as KMS says it. */
  readonly usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';
}

/**
 * The state of the secret's key and of those that sign and verify the audit trail. Needs kms:DescribeKey.
 *
 * @param secret left out where it could not be described
 */
export async function encryptionKeys(
  account: Account,
  secret: DescribeSecretResponse | undefined,
): Promise<readonly Finding[]> {
  const { keyArn, formerKeys = [] } = account.target.config.audit;
  const former = formerKeys.flatMap((key) => ('keyArn' in key ? [key.keyArn] : []));
  const usage = 'GENERATE_VERIFY_MAC';
  const needed: readonly NeededKey[] = [
    ...(secret?.KmsKeyId === undefined
      ? []
      : [
          { subject: 'secrets-manager', keyId: secret.KmsKeyId, usage: 'ENCRYPT_DECRYPT' } as const,
        ]),
    ...(keyArn === undefined ? [] : [{ subject: 'audit trail', keyId: keyArn, usage } as const]),
    ...former.map((keyId) => ({ subject: 'audit trail, former key', keyId, usage }) as const),
  ];
  const findings = needed.map(async (key) => await lookAtKey(account, key));
  return [...ownedByAws(secret), ...(await Promise.all(findings)).flat()];
}

function ownedByAws(secret: DescribeSecretResponse | undefined): readonly Finding[] {
  if (secret === undefined || secret.KmsKeyId !== undefined) return [];
  return [ok(CHECK, 'secrets-manager', "AWS's own key encrypts the secret")];
}

async function lookAtKey(account: Account, key: NeededKey): Promise<readonly Finding[]> {
  const { keyId, subject } = key;
  const about = { check: CHECK, subject, right: `kms:DescribeKey on ${keyId}` };
  return await look(account, about, async () => {
    try {
      const { KeyMetadata: found } = await account.kms.send(
        new DescribeKeyCommand({ KeyId: keyId }),
      );
      return [judgeKey(found, key)];
    } catch (error) {
      if (isMissing(error, 'NotFoundException')) return [judgeKey(undefined, key)];
      throw error;
    }
  });
}

/** @param found left out where there is no such key */
export function judgeKey(
  found: KeyMetadata | undefined,
  { subject, keyId, usage }: NeededKey,
): Finding {
  const failure = (text: string, remedy: string): Finding =>
    wrong('failure', { check: CHECK, subject, found: `its key ${keyId} ${text}`, remedy });
  if (found === undefined) {
    return failure('does not exist', 'name another key; what this one encrypted is lost');
  }
  const { KeyState: state, KeyUsage: given, KeySpec: spec, DeletionDate: deletion } = found;
  const enable = `aws kms enable-key --key-id ${keyId}`;
  if (state === 'Disabled') return failure('is disabled', enable);
  if (state === 'PendingDeletion') {
    const when = deletion === undefined ? '' : ` on ${deletion.toISOString().slice(0, 10)}`;
    return failure(
      `is to be deleted${when}`,
      `aws kms cancel-key-deletion --key-id ${keyId}, then ${enable}`,
    );
  }
  if (state !== 'Enabled') {
    return failure(`is ${state ?? 'in no state'}`, `see aws kms describe-key --key-id ${keyId}`);
  }
  if (given !== usage || (usage === 'GENERATE_VERIFY_MAC' && spec !== 'HMAC_256')) {
    return failure(
      `is a key for something else (${given ?? ''} ${spec ?? ''})`,
      usage === 'GENERATE_VERIFY_MAC'
        ? 'name a key of HMAC_256 as "keyArn" in rotations.json'
        : 'name a symmetric key for encryption',
    );
  }
  return ok(CHECK, subject, `its key ${keyId} is enabled`);
}
