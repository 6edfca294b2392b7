import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { OracleConfig, PostgresConfig } from '../../config/database-config.ts';
import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { RotationStack } from '../../lib/rotation-stack.ts';

export const PROJECT_ROOT = path.join(import.meta.dirname, '../..');

export const SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3';
export const OCI_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6';
export const STRINGS_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/url-m4N5o6';
export const WALLET_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/wallet-g7H8i9';

export const postgres: PostgresConfig = {
  name: 'orders-rds',
  engine: 'postgres',
  host: 'orders.example.com',
  port: 5432,
  database: 'orders',
  trust: { caFile: 'lib/rds-ca/certificates/eu-central-1.pem' },
};

export const oracle: OracleConfig = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
  trust: 'system',
};

export const mirror: OciVaultConfig = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth: { type: 'api-key', secretArn: OCI_SECRET_ARN },
};

export const CLIENT_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-client-j1K2l3';

/** The same mirror, with access by the function's own role. */
export const federatedMirror: OciVaultConfig = {
  ...mirror,
  auth: {
    type: 'federated',
    domainUrl: 'https://idcs-example.identity.oraclecloud.com',
    audience: 'urn:lockstep:oci',
    clientSecretArn: CLIENT_SECRET_ARN,
  },
};

/** A rotation in a named account and region, so that its template has few references to resolve. */
export const orders: RotationEntry = {
  name: 'orders',
  account: '111122223333',
  region: 'eu-central-1',
  secretArn: SECRET_ARN,
  strategy: 'single-user',
  retire: 'next',
  databases: [postgres, oracle],
  mirrors: [mirror],
  audit: {
    keyParameter: '/lockstep/orders/audit-key',
    retentionDays: 365,
    lockMode: 'governance',
  },
  timeoutSeconds: 180,
  memoryMb: 512,
  oneAtATime: true,
};

export const vpc: NonNullable<RotationEntry['vpc']> = {
  vpcId: 'vpc-0123abcd',
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  subnetIds: ['subnet-0123aaaa', 'subnet-0123bbbb'],
  securityGroupIds: ['sg-0123abcd'],
};

/** The least that asks for alarms. */
export const alarms: NonNullable<RotationEntry['alarms']> = {
  emails: ['database-team@example.com'],
  dashboard: false,
};

export interface AppOptions {
  readonly outdir?: string;
}

/**
 * An app with the feature flags that the project deploys with. The CDK's own checks of a finished template take a
 * second, so that they are left to app.test.ts, which runs the app as it is.
 */
export function newApp(options: AppOptions = {}): App {
  const text = readFileSync(path.join(PROJECT_ROOT, 'cdk.json'), 'utf8');
  const { context } = JSON.parse(text) as { context: Record<string, unknown> };
  return new App({
    ...options,
    // The command line asks for it: a function then names the folder of its asset.
    context: { ...context, 'aws:cdk:enable-asset-metadata': true },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
}

/** Code that needs no bundling. */
export function inlineCode(): Code {
  return Code.fromInline('exports.handler = async () => {};');
}

export function newStack(rotation: RotationEntry): RotationStack {
  return new RotationStack(newApp(), 'Orders', {
    rotation,
    folder: PROJECT_ROOT,
    code: inlineCode(),
    inspectorCode: inlineCode(),
    noticeCode: inlineCode(),
  });
}

export function templateOf(rotation: RotationEntry): Template {
  return Template.fromStack(newStack(rotation));
}

export interface Resource {
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const INSPECTOR_ID = 'RotationInspector';

/** The one resource of a type, beside that of the inspector. */
export function onlyResource(template: Template, type: string): Resource {
  return only(template, { type, isWanted: (id) => !id.startsWith(INSPECTOR_ID) });
}

/** The one resource of a type that is of the inspector. */
export function inspectorResource(template: Template, type: string): Resource {
  return only(template, { type, isWanted: (id) => id.startsWith(INSPECTOR_ID) });
}

function only(
  template: Template,
  { type, isWanted }: { readonly type: string; readonly isWanted: (id: string) => boolean },
): Resource {
  const found = Object.entries(template.findResources(type))
    .filter(([id]) => isWanted(id))
    .map(([, resource]) => resource as Resource);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`expected one ${type}, found ${found.length}`);
  }
  return only;
}
