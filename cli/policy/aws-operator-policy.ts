import type { RotationEntry } from '../../config/rotations-file.ts';

/** One statement of IAM, and the commands that need it. */
export interface OperatorStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}

/** Commands of which each adds to what an operator must be allowed. */
export interface OperatorPolicy {
  readonly commands: string;
  readonly statements: readonly OperatorStatement[];
}

/**
 * What an operator needs for each command, for one rotation.
 *
 * @param auditBucket the name of the bucket; CloudFormation chose it on deployment
 */
export function awsOperatorPolicies(
  { name, secretArn }: Pick<RotationEntry, 'name' | 'secretArn'>,
  { auditBucket }: { readonly auditBucket: string },
): readonly OperatorPolicy[] {
  const [, partition = 'aws', , region = '', account = ''] = secretArn.split(':');
  const functionArn = `arn:${partition}:lambda:${region}:${account}:function:lockstep-${name}`;
  const bucketArn = `arn:${partition}:s3:::${auditBucket}`;
  const prefix = `lockstep/${name}/*`;
  const allow = (sid: string, action: readonly string[], resource: string): OperatorStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  });
  const find = allow('FindRotation', ['lambda:GetFunctionConfiguration'], functionArn);
  const call = allow('CallOperation', ['lambda:InvokeFunction'], functionArn);
  const rotate = allow(
    'StartRotation',
    [
      'secretsmanager:DescribeSecret',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:RotateSecret',
    ],
    secretArn,
  );
  return [
    {
      commands: 'rotate --watch',
      statements: [
        find,
        rotate,
        {
          ...allow('ListAuditTrail', ['s3:ListBucket'], bucketArn),
          Condition: { StringLike: { 's3:prefix': prefix } },
        },
        allow('ReadAuditTrail', ['s3:GetObject'], `${bucketArn}/${prefix}`),
      ],
    },
    { commands: 'rotate --dry-run, revoke, clear-refusals', statements: [find, call] },
  ];
}
