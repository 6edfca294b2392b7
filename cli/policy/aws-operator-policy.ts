import type { AuditKeys } from '../../config/audit-config.ts';
import type { RotationEntry } from '../../config/rotations-file.ts';

/** One statement of IAM. */
export interface OperatorStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}

/** One statement of the function's role, as CloudFormation writes it. */
export interface RoleStatement {
  readonly Sid: string;
}

/** What an operator must be allowed for some commands. */
export interface OperatorPolicy {
  readonly commands: string;
  readonly statements: readonly (OperatorStatement | RoleStatement)[];
}

export type OperatedRotation = Pick<
  RotationEntry,
  'name' | 'secretArn' | 'secretKmsKeyArn' | 'audit' | 'environmentKmsKeyArn'
>;

/**
 * What an operator needs for each command, for one rotation.
 *
 * RotateSecret asks its caller for lambda:InvokeFunction too (the SDK's text on it), so whoever may rotate may also call
 * every operation of the function.
 *
 * @param auditBucket the name of the bucket, which CloudFormation chose on deployment
 * @param roleStatements what the function's role may do: recover and adopt do its work with the operator's own rights
 */
export function awsOperatorPolicies(
  rotation: OperatedRotation,
  {
    auditBucket,
    roleStatements,
  }: { readonly auditBucket: string; readonly roleStatements: readonly RoleStatement[] },
): readonly OperatorPolicy[] {
  const { name, secretArn, environmentKmsKeyArn } = rotation;
  const [, partition = 'aws', , region = '', account = ''] = secretArn.split(':');
  const functions = `arn:${partition}:lambda:${region}:${account}:function:`;
  const functionArn = `${functions}lockstep-${name}`;
  const find = [
    allow('FindRotation', ['lambda:GetFunctionConfiguration'], functionArn),
    // Without it the answer leaves the variables out.
    ...decrypt('ReadEnvironment', environmentKmsKeyArn),
  ];
  const call = allow('CallFunction', ['lambda:InvokeFunction'], functionArn);
  const rotate = allow(
    'StartRotation',
    [
      'secretsmanager:DescribeSecret',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:RotateSecret',
    ],
    secretArn,
  );
  const labels = allow(
    'ReadLabels',
    ['secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds'],
    secretArn,
  );
  const parameterPrefix = `arn:${partition}:ssm:${region}:${account}:parameter`;
  const bucketArn = `arn:${partition}:s3:::${auditBucket}`;
  const trail = auditTrail(rotation, bucketArn);
  const inspectorArn = `${functions}lockstep_inspector-${name}`;
  const inspect = [...find, allow('CallInspector', ['lambda:InvokeFunction'], inspectorArn)];
  return [
    { commands: 'rotate', statements: [...find, call, rotate] },
    { commands: 'rotate --watch', statements: [...find, call, rotate, ...trail] },
    { commands: 'rotate --dry-run, revoke, clear-refusals', statements: [...find, call] },
    {
      commands: 'status',
      statements: [
        ...inspect,
        allow('DescribeSecret', ['secretsmanager:DescribeSecret'], secretArn),
      ],
    },
    {
      commands: 'doctor',
      statements: [
        ...inspect,
        labels,
        ...examine(rotation, { functionArn, bucketArn }),
        ...trail,
        ...verifyTrail(rotation, parameterPrefix),
      ],
    },
    {
      commands: 'audit verify, audit list, audit report',
      statements: [...find, labels, ...trail, ...verifyTrail(rotation, parameterPrefix)],
    },
    ...bootstrap(rotation, parameterPrefix),
    {
      commands: 'recover, adopt',
      statements: [...find, ...roleStatements.filter(({ Sid: sid }) => sid !== 'WriteLog')],
    },
  ];
}

/** What the checks of the account look at, beside the secret and the trail. */
function examine(
  { secretKmsKeyArn, audit }: OperatedRotation,
  { functionArn, bucketArn }: { readonly functionArn: string; readonly bucketArn: string },
): readonly OperatorStatement[] {
  const keys = [audit, ...(audit.formerKeys ?? [])].map(({ keyArn }: AuditKeys) => keyArn);
  const described = [secretKmsKeyArn, ...keys].filter((key) => key !== undefined);
  return [
    allow('ReadFunctionPolicy', ['lambda:GetPolicy'], functionArn),
    // CloudTrail takes no resource for it.
    allow('LookUpEvents', ['cloudtrail:LookupEvents'], '*'),
    allow(
      'ReadBucketSettings',
      ['s3:GetBucketObjectLockConfiguration', 's3:GetBucketPolicy'],
      bucketArn,
    ),
    ...described.map((key, index) => allow(`DescribeKey${index}`, ['kms:DescribeKey'], key)),
  ];
}

/** The keys that signed the trail, the present one and former ones. */
function verifyTrail(
  { audit }: OperatedRotation,
  parameterPrefix: string,
): readonly OperatorStatement[] {
  const keys = [audit, ...(audit.formerKeys ?? [])];
  return keys.flatMap((key, index) => {
    const { keyParameter, keyArn }: AuditKeys = key;
    if (keyArn !== undefined) return allow(`VerifyAuditTrail${index}`, ['kms:VerifyMac'], keyArn);
    if (keyParameter === undefined) return [];
    return [
      allow('ReadAuditKey', ['ssm:GetParameter'], `${parameterPrefix}${keyParameter}`),
      ...decrypt('DecryptAuditKey', audit.keyParameterKmsKeyArn),
    ];
  });
}

function bootstrap(
  { audit }: OperatedRotation,
  parameterPrefix: string,
): readonly OperatorPolicy[] {
  const { keyParameter, keyParameterKmsKeyArn: keyArn } = audit;
  if (keyParameter === undefined) return [];
  const parameterArn = `${parameterPrefix}${keyParameter}`;
  const statements = [
    allow('MakeAuditKey', ['ssm:GetParameter', 'ssm:PutParameter'], parameterArn),
    ...(keyArn === undefined ? [] : [allow('EncryptAuditKey', ['kms:Encrypt'], keyArn)]),
  ];
  return [{ commands: 'bootstrap', statements }];
}

function auditTrail(
  { name, audit }: OperatedRotation,
  bucketArn: string,
): readonly OperatorStatement[] {
  const prefix = `lockstep/${name}/*`;
  const list = allow('ListAuditTrail', ['s3:ListBucket'], bucketArn);
  return [
    { ...list, Condition: { StringLike: { 's3:prefix': prefix } } },
    allow('ReadAuditTrail', ['s3:GetObject'], `${bucketArn}/${prefix}`),
    ...decrypt('DecryptAuditTrail', audit.bucketKmsKeyArn),
  ];
}

function decrypt(sid: string, keyArn: string | undefined): readonly OperatorStatement[] {
  return keyArn === undefined ? [] : [allow(sid, ['kms:Decrypt'], keyArn)];
}

function allow(sid: string, action: readonly string[], resource: string): OperatorStatement {
  return { Sid: sid, Effect: 'Allow', Action: action, Resource: resource };
}
