import { judgeKey } from '../../../../cli/account-checks/encryption-keys.ts';

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/example';
const secret = { subject: 'secrets-manager', keyId: KEY, usage: 'ENCRYPT_DECRYPT' } as const;
const audit = { subject: 'audit trail', keyId: KEY, usage: 'GENERATE_VERIFY_MAC' } as const;
const enabled = { KeyId: 'example', KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT' } as const;

describe('encryption-key', () => {
  test('is ok when the key is enabled and made for it', () => {
    expect(judgeKey(enabled, secret).outcome).toBe('ok');
    const hmac = { ...enabled, KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_256' } as const;
    expect(judgeKey(hmac, audit).outcome).toBe('ok');
  });

  test('fails when there is no such key', () => {
    expect(judgeKey(undefined, secret)).toMatchObject({
      outcome: 'failure',
      found: `its key ${KEY} does not exist`,
    });
  });

  test('fails when the key is disabled, with the command that enables it', () => {
    expect(judgeKey({ ...enabled, KeyState: 'Disabled' }, secret)).toMatchObject({
      outcome: 'failure',
      remedy: `aws kms enable-key --key-id ${KEY}`,
    });
  });

  test('fails when the key is to be deleted, and says when', () => {
    const DeletionDate = new Date(Date.UTC(2026, 11, 24, 12));
    const pending = { ...enabled, KeyState: 'PendingDeletion', DeletionDate } as const;
    expect(judgeKey(pending, secret)).toMatchObject({
      outcome: 'failure',
      found: `its key ${KEY} is to be deleted on 2026-12-24`,
      remedy: `aws kms cancel-key-deletion --key-id ${KEY}, then aws kms enable-key --key-id ${KEY}`,
    });
  });

  test('fails when the key is in another state, or made for something else', () => {
    expect(judgeKey({ ...enabled, KeyState: 'PendingImport' }, secret).found).toContain(
      'is PendingImport',
    );
    expect(judgeKey(enabled, audit)).toMatchObject({ outcome: 'failure' });
    const other = { ...enabled, KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_384' } as const;
    expect(judgeKey(other, audit).found).toContain('GENERATE_VERIFY_MAC HMAC_384');
  });
});
