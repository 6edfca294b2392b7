import { judgeBucketPolicy, judgeLock } from '../../../../cli/account-checks/audit-bucket.ts';

const denyOverwriting = {
  Sid: 'DenyOverwriting',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:PutObject',
  Resource: 'arn:aws:s3:::trail/*',
  Condition: { Null: { 's3:if-none-match': 'true' } },
};

function policyOf(change: object): string {
  return JSON.stringify({ Statement: [{ ...denyOverwriting, ...change }] });
}

describe('audit-lock', () => {
  test('is ok with a default retention, and says who can end it', () => {
    expect(judgeLock('trail', { Mode: 'COMPLIANCE', Days: 365 })).toMatchObject({
      outcome: 'ok',
      found: 'entries are locked for 365 days; nobody can delete one earlier',
    });
    expect(judgeLock('trail', { Mode: 'GOVERNANCE', Years: 2 })).toMatchObject({
      outcome: 'ok',
      found:
        'entries are locked for 2 years; only who may bypass governance can delete one earlier',
    });
  });

  test('fails when no object is locked', () => {
    expect(judgeLock('trail', undefined)).toMatchObject({
      outcome: 'failure',
      remedy: expect.stringContaining(
        'aws s3api put-object-lock-configuration --bucket trail',
      ) as string,
    });
    expect(judgeLock('trail', {}).outcome).toBe('failure');
  });
});

describe('audit-overwriting', () => {
  test('is ok when a write without If-None-Match is denied', () => {
    expect(judgeBucketPolicy('trail', policyOf({})).outcome).toBe('ok');
    const all = policyOf({ Action: ['s3:DeleteObject', 's3:*'] });
    expect(judgeBucketPolicy('trail', all).outcome).toBe('ok');
  });

  test.each([
    ['there is no policy', undefined],
    ['it is allowed', policyOf({ Effect: 'Allow' })],
    ['something else is denied', policyOf({ Action: 's3:DeleteObject' })],
    ['it is denied for another reason', policyOf({ Condition: {} })],
    ['what has it is denied', policyOf({ Condition: { Null: { 's3:if-none-match': 'false' } } })],
  ])('warns when %s', (_case, text) => {
    expect(judgeBucketPolicy('trail', text).outcome).toBe('warning');
  });
});
