import { onlyResource, orders, templateOf } from './orders.ts';

const ARN = { 'Fn::GetAtt': ['RotationAudit3A0D2ABC', 'Arn'] };
const OBJECTS = { 'Fn::Join': ['', [ARN, '/*']] };
const EVERYONE = { AWS: '*' };

describe('the audit bucket', () => {
  const template = templateOf({ ...orders, audit: { ...orders.audit, retentionDays: 400 } });

  test('locks every entry for the days of the rotation, and is nobody else’s to see', () => {
    expect(onlyResource(template, 'AWS::S3::Bucket').Properties).toEqual({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test('locks entries against everybody where the rotation says so', () => {
    const audit = { ...orders.audit, lockMode: 'compliance' } as const;
    templateOf({ ...orders, audit }).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
    });
  });

  test('refuses plain HTTP, old TLS and every write that could overwrite', () => {
    expect(onlyResource(template, 'AWS::S3::BucketPolicy').Properties['PolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: EVERYONE,
          Action: 's3:*',
          Resource: [ARN, OBJECTS],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Deny',
          Principal: EVERYONE,
          Action: 's3:*',
          Resource: [ARN, OBJECTS],
          Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
        },
        {
          Sid: 'DenyOverwriting',
          Effect: 'Deny',
          Principal: EVERYONE,
          Action: 's3:PutObject',
          Resource: OBJECTS,
          Condition: { Null: { 's3:if-none-match': 'true' } },
        },
      ],
    });
  });

  test.each(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'])('outlives the stack: %s', (type) => {
    const { DeletionPolicy, UpdateReplacePolicy } = onlyResource(template, type);

    expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });
});
