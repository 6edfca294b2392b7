import { Duration } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { RotationEntry } from '../config/rotations-file.ts';
import type { ConnectionStringsProps } from './connection-strings.ts';
import type { AuditKeyProps } from './audit-keys.ts';
import type { PasswordRotationProps } from './password-rotation-props.ts';
import { vpcByIds } from './vpc-by-ids.ts';

/**
 * An entry of rotations.json as the props of the construct. Keys, secret and VPC are taken as they are named; nothing is
 * looked up.
 *
 * @param scope where the imported things stand
 * @param caFolder where the CA files that the entry names are looked for
 */
export function rotationEntryProps(
  scope: Construct,
  { rotation, caFolder }: { readonly rotation: RotationEntry; readonly caFolder: string },
): PasswordRotationProps {
  const { name, secretArn, vpc, audit, retire, schedule } = rotation;
  const importKey = (id: string, arn: string): IKey => Key.fromKeyArn(scope, id, arn);
  const key = (id: string, arn: string | undefined): IKey | undefined =>
    arn === undefined ? undefined : importKey(id, arn);
  const secretKey = key('SecretKey', rotation.secretKmsKeyArn);
  return {
    rotationName: name,
    secret: Secret.fromSecretAttributes(scope, 'Secret', {
      secretCompleteArn: secretArn,
      ...(secretKey && { encryptionKey: secretKey }),
    }),
    databases: rotation.databases,
    mirrors: rotation.mirrors,
    connectionStrings: connectionStringsProps(scope, rotation),
    caFolder,
    strategy: rotation.strategy,
    users: rotation.users,
    retireAfter: retire === 'next' ? undefined : Duration.hours(retire.afterHours),
    scheduleExpression: schedule?.expression,
    scheduleDuration: schedule?.duration,
    ...auditKeys(audit, importKey),
    auditCopyTo: audit.copyTo,
    auditLockMode: audit.lockMode,
    auditRetention: Duration.days(audit.retentionDays),
    auditBucketKey: key('AuditBucketKey', audit.bucketKmsKeyArn),
    auditKeyParameterKey: key('AuditKeyParameterKey', audit.keyParameterKmsKeyArn),
    credentialSecretsKey: key('CredentialSecretsKey', rotation.credentialSecretsKmsKeyArn),
    walletsKey: key('WalletsKey', rotation.walletsKmsKeyArn),
    logKey: key('LogKey', rotation.logKmsKeyArn),
    environmentKey: key('EnvironmentKey', rotation.environmentKmsKeyArn),
    memorySizeMb: rotation.memoryMb,
    oneAtATime: rotation.oneAtATime,
    timeout: Duration.seconds(rotation.timeoutSeconds),
    ...(vpc && { ...vpcByIds(scope, { name, vpc }), interfaceEndpoints: vpc.interfaceEndpoints }),
  };
}

function connectionStringsProps(
  scope: Construct,
  { connectionStrings }: RotationEntry,
): ConnectionStringsProps | undefined {
  if (connectionStrings === undefined) return undefined;
  const { secretArn, secretKmsKeyArn: keyArn, mirrors } = connectionStrings;
  const encryptionKey = keyArn && Key.fromKeyArn(scope, 'ConnectionStringsSecretKey', keyArn);
  return {
    mirrors,
    ...(secretArn && {
      secret: Secret.fromSecretAttributes(scope, 'ConnectionStringsSecret', {
        secretCompleteArn: secretArn,
        ...(encryptionKey && { encryptionKey }),
      }),
    }),
  };
}

/** One key each; the ids are in the order of the entry. */
function auditKeys(
  { keyParameter, keyArn, formerKeys = [] }: RotationEntry['audit'],
  key: (id: string, arn: string) => IKey,
): AuditKeyProps {
  const formerArns = formerKeys.flatMap((former) => ('keyArn' in former ? [former.keyArn] : []));
  const formerParameter = formerKeys.find((former) => 'keyParameter' in former);
  return {
    auditKeyParameter: keyParameter,
    auditKey: keyArn === undefined ? undefined : key('AuditKey', keyArn),
    formerAuditKeyParameter: formerParameter?.keyParameter,
    formerAuditKeys: formerArns.map((arn, index) => key(`FormerAuditKey${index + 1}`, arn)),
  };
}
