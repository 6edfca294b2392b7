import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from '../config/database-config.ts';
import { FunctionConfig } from '../config/function-config.ts';
import { parseConfig } from '../config/parse.ts';
import type { RotationEntry } from '../config/rotations-file.ts';
import type { AuditBucket } from './audit-bucket.ts';
import { caAssetPath } from './ca-bundle.ts';
import { SynthesisError } from './synthesis-error.ts';

/** Lambda holds 4,096 bytes of environment in all; the rest is for the other variables and their names. */
export const CONFIG_BYTES_MAX = 3_500;

const BUCKET_NAME_LENGTH_MAX = 63;

export interface FunctionEnvironmentProps {
  readonly rotation: RotationEntry;
  readonly auditBucket: AuditBucket;
}

/**
 * The environment of a rotation function. It holds addresses and names, never a password or a key.
 *
 * @throws SynthesisError when it would not fit the environment of a function
 * @throws ConfigError when the function would refuse its configuration
 */
export function functionEnvironment(
  scope: Construct,
  { rotation, auditBucket }: FunctionEnvironmentProps,
): Record<string, string> {
  const { prefix } = auditBucket;
  checkSize(rotation, { prefix, bucket: 'x'.repeat(BUCKET_NAME_LENGTH_MAX) });
  const config = functionConfig(rotation, { prefix, bucket: auditBucket.bucketName });
  return {
    LOCKSTEP_CONFIG: Stack.of(scope).toJsonString(config),
    POWERTOOLS_METRICS_NAMESPACE: 'Lockstep',
    POWERTOOLS_SERVICE_NAME: 'lockstep',
  };
}

interface AuditLocation {
  readonly bucket: string;
  readonly prefix: string;
}

function functionConfig(rotation: RotationEntry, location: AuditLocation): FunctionConfig {
  const { name, secretArn, strategy, databases, mirrors, audit } = rotation;
  const config: FunctionConfig = {
    name,
    secretArn,
    strategy,
    databases: databases.map(withAssetPath),
    mirrors,
    audit: { ...location, keyParameter: audit.keyParameter },
  };
  return parseConfig(FunctionConfig, {
    subject: `rotation "${name}"`,
    text: JSON.stringify(config),
  });
}

function withAssetPath(database: DatabaseConfig): DatabaseConfig {
  const { trust } = database;
  if (trust === 'system' || !('caFile' in trust)) return database;
  return { ...database, trust: { caFile: caAssetPath(database.name) } };
}

function checkSize(rotation: RotationEntry, location: AuditLocation): void {
  const size = Buffer.byteLength(JSON.stringify(functionConfig(rotation, location)));
  if (size <= CONFIG_BYTES_MAX) return;
  throw new SynthesisError(
    `rotation "${rotation.name}": its configuration takes ${size} bytes, and a function holds ` +
      `${CONFIG_BYTES_MAX}; use shorter test queries and names, or fewer databases`,
  );
}
