import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from '../config/database-config.ts';
import { FunctionConfig } from '../config/function-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { parseConfig } from '../config/parse.ts';
import type { AuditBucket } from './audit-bucket.ts';
import { auditKeysConfig, type AuditKeyProps } from './audit-keys.ts';
import { caAssetPath } from './ca-bundle.ts';
import type { PasswordRotationProps } from './password-rotation-props.ts';
import { connectionStringsConfig } from './connection-strings.ts';
import { SynthesisError } from './synthesis-error.ts';

/** Lambda holds 4,096 bytes of environment in all; the rest is for the other variables and their names. */
export const CONFIG_BYTES_MAX = 3_500;

const BUCKET_NAME_LENGTH_MAX = 63;

/** What is checked in place of a value that only the deployment knows; `which` tells two unknown values apart. */
const STAND_INS: Readonly<Record<string, (which: number) => string>> = {
  secretOcid: (which) => `ocid1.vaultsecret.oc1..known-on-deployment${which}`,
  bucket: () => 'x'.repeat(BUCKET_NAME_LENGTH_MAX),
  keyArn: () => 'arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-4000-8000-000000000000',
  walletS3Bucket: () => 'x'.repeat(BUCKET_NAME_LENGTH_MAX),
};
const standInArn = (which: number): string =>
  `arn:aws:secretsmanager:eu-central-1:000000000000:secret:known-on-deployment${which}-a1B2c3`;
const STAND_IN_PORT = 1;

export type FunctionEnvironmentProps = Pick<
  PasswordRotationProps,
  | 'rotationName'
  | 'databases'
  | 'mirrors'
  | 'connectionStrings'
  | 'auditCopyTo'
  | keyof AuditKeyProps
  | 'strategy'
  | 'users'
  | 'retireAfter'
> & {
  /** The complete ARN of the rotated secret. */
  readonly secretArn: string;
  readonly auditBucket: AuditBucket;
};

/**
 * The environment of a rotation function. It holds addresses and names, never a password or a key.
 *
 * @throws SynthesisError when it would not fit the environment of a function
 * @throws ConfigError when the function would refuse its configuration
 */
export function functionEnvironment(
  scope: Construct,
  props: FunctionEnvironmentProps,
): Record<string, string> {
  const config = functionConfig(props);
  checkConfig(props.rotationName, config);
  return {
    LOCKSTEP_CONFIG: Stack.of(scope).toJsonString(config),
    POWERTOOLS_METRICS_NAMESPACE: 'Lockstep',
    POWERTOOLS_SERVICE_NAME: 'lockstep',
  };
}

function functionConfig(props: FunctionEnvironmentProps): FunctionConfig {
  const { users, retireAfter, auditBucket } = props;
  const connectionStrings = connectionStringsConfig(props);
  return {
    name: props.rotationName,
    secretArn: props.secretArn,
    strategy: props.strategy ?? 'single-user',
    ...(users === undefined ? {} : { users: [...users] }),
    retire: retireAfter === undefined ? 'next' : { afterHours: retireAfter.toHours() },
    databases: props.databases.map(withAssetPath),
    mirrors: props.mirrors.map(withOneAuth),
    ...(connectionStrings && { connectionStrings }),
    audit: {
      bucket: auditBucket.bucketName,
      prefix: auditBucket.prefix,
      ...auditKeysConfig(props),
      ...(props.auditCopyTo && { copyTo: props.auditCopyTo }),
    },
  };
}

/** What an inspection signs in with is for another function. */
function withOneAuth(mirror: OciVaultConfig): OciVaultConfig {
  const fields = Object.entries(mirror).filter(([name]) => name !== 'inspectionAuth');
  return Object.fromEntries(fields) as OciVaultConfig;
}

function withAssetPath(database: DatabaseConfig): DatabaseConfig {
  const { trust } = database;
  if (trust === 'system' || !('caFile' in trust)) return database;
  return { ...database, trust: { caFile: caAssetPath(database.name) } };
}

/** As the function will see it: the same schema, and the size with the longest name that a bucket can have. */
function checkConfig(rotationName: string, config: FunctionConfig): void {
  const text = JSON.stringify(config, newStandIn());
  parseConfig(FunctionConfig, { subject: `rotation "${rotationName}"`, text });
  const size = Buffer.byteLength(text);
  if (size <= CONFIG_BYTES_MAX) return;
  throw new SynthesisError(
    `rotation "${rotationName}": its configuration takes ${size} bytes, and a function holds ` +
      `${CONFIG_BYTES_MAX}; use shorter test queries and names, or fewer databases`,
  );
}

function newStandIn(): (key: string, value: unknown) => unknown {
  const seen: unknown[] = [];
  return (key, value) => {
    if (!Token.isUnresolved(value)) return value;
    if (typeof value === 'number') return STAND_IN_PORT;
    if (!seen.includes(value)) seen.push(value);
    const which = seen.indexOf(value);
    if (/secretArn$/i.test(key)) return standInArn(which);
    return STAND_INS[key]?.(which) ?? 'known-on-deployment';
  };
}
