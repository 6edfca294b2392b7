import type { DeployedFunction } from '../../local/aws/lambda-server.ts';

/** A rotation of one database and one mirror that nobody connects to: these suites are about what stands around them. */
export function configOf({
  secretArn,
  audit,
  apiKeyArn = secretArn,
  endpoints,
}: {
  readonly secretArn: string;
  readonly audit: object;
  readonly apiKeyArn?: string;
  /** Of OCI. @default the real ones */
  readonly endpoints?: object;
}): object {
  return {
    name: 'orders',
    secretArn,
    databases: [
      {
        name: 'orders-rds',
        engine: 'postgres',
        host: 'h',
        port: 1,
        database: 'd',
        trust: 'system',
      },
    ],
    mirrors: [
      {
        name: 'oci-frankfurt',
        type: 'oci-vault',
        secretOcid: 'ocid1.vaultsecret.oc1..example',
        region: 'eu-frankfurt-1',
        auth: { type: 'api-key', secretArn: apiKeyArn },
        ...(endpoints !== undefined && { endpoints }),
      },
    ],
    audit,
  };
}

/** What Lambda knows of a function with such a configuration. */
export function deployedFunction({
  functionArn,
  config,
  invoke,
}: {
  readonly functionArn: string;
  readonly config: object;
  /** @default nobody calls it */
  readonly invoke?: () => Promise<unknown>;
}): DeployedFunction {
  const name = functionArn.split(':').at(-1) ?? '';
  return {
    functionArn,
    roleArn: `arn:aws:iam::111111111111:role/${name}`,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutMs: 120_000,
    memoryMb: 512,
    environment: { LOCKSTEP_CONFIG: JSON.stringify(config) },
    lambda: {
      invoke: invoke ?? (() => Promise.reject(new Error('nobody calls it'))),
      onLogLine: () => () => undefined,
    },
  };
}
