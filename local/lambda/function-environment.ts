import { randomUUID } from 'node:crypto';

export interface FunctionIdentity {
  /** `arn:aws:lambda:<region>:<account>:function:<name>`. */
  readonly functionArn: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly logGroup: string;
}

/** Counted by Lambda are a function's own variables; here those of the SDK stand for what the role and the clouds are. */
const SDK_PREFIX = 'AWS_';
const ENVIRONMENT_BYTES_MAX = 4096;
/** Different in every environment, or not set here at all. */
const NEVER_GIVEN = [
  '_X_AMZN_TRACE_ID',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];
const ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:([A-Za-z0-9_-]{1,64})$/;

/** Region and name of the function. */
export function parseFunctionArn(functionArn: string): {
  readonly region: string;
  readonly functionName: string;
} {
  const [, region, functionName] = ARN.exec(functionArn) ?? [];
  if (region === undefined || functionName === undefined) {
    throw new Error(`not the ARN of a Lambda function: ${functionArn}`);
  }
  return { region, functionName };
}

/**
 * All variables of an execution environment: the function's own, and those that Lambda sets. Each environment gets a log
 * stream of its own.
 */
export function completeEnvironment(
  identity: FunctionIdentity,
  places: { readonly taskRoot: string; readonly runtimeApi: string },
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    ...variables,
    ...reservedVariables(identity),
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    AWS_LAMBDA_RUNTIME_API: places.runtimeApi,
    LAMBDA_TASK_ROOT: places.taskRoot,
  };
}

/**
 * Refuses what Lambda refuses: another value for a variable that Lambda itself sets, and more than 4 KB as JSON. What
 * begins with AWS_ is not counted: credentials and endpoints, which a function in AWS does not carry.
 */
export function checkEnvironment(
  identity: FunctionIdentity,
  variables: Readonly<Record<string, string>>,
): void {
  const reserved = reservedVariables(identity);
  const refused = Object.entries(variables)
    .filter(([name, value]) => NEVER_GIVEN.includes(name) || (reserved[name] ?? value) !== value)
    .map(([name]) => name);
  if (refused.length > 0) throw new Error(`only Lambda itself sets ${refused.join(', ')}`);
  const own = Object.entries(variables).filter(([name]) => !name.startsWith(SDK_PREFIX));
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(own)));
  if (bytes > ENVIRONMENT_BYTES_MAX) {
    throw new Error(
      `the environment has ${bytes} bytes, and Lambda takes ${ENVIRONMENT_BYTES_MAX} at most`,
    );
  }
}

function reservedVariables(identity: FunctionIdentity): Record<string, string> {
  const { functionArn, handler, memoryMb, logGroup } = identity;
  const { region, functionName } = parseFunctionArn(functionArn);
  return {
    _HANDLER: handler,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_REGION: region,
  };
}
