import {
  GetFunctionConfigurationCommand,
  paginateListFunctions,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { FunctionConfig } from '../config/function-config.ts';
import { ConfigError, parseConfig } from '../config/parse.ts';
import { CommandError } from './command-error.ts';

const FUNCTION_PREFIX = 'lockstep-';
const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';

/** A deployed rotation, as its function knows it. Holds no secret. */
export interface RotationTarget {
  readonly name: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string | undefined;
  readonly logGroup: string;
  /** Where the function and its secret are. */
  readonly region: string;
  readonly config: FunctionConfig;
}

/**
 * Reads a deployed rotation from its function. Needs lambda:GetFunctionConfiguration.
 *
 * @throws CommandError when there is no such function here, or it is none of Lockstep's
 */
export async function readTarget(client: LambdaClient, name: string): Promise<RotationTarget> {
  const functionName = `${FUNCTION_PREFIX}${name}`;
  try {
    return toTarget(
      await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    const region = await client.config.region();
    throw new CommandError(
      `there is no rotation "${name}" in ${region}: no function ${functionName}`,
      {
        remedy: 'check the name, --region and the account that you are signed in to',
        ending: 'unreachable',
      },
    );
  }
}

/**
 * Every deployed rotation of the account in the client's region, by name. Needs lambda:ListFunctions. Functions of
 * another origin whose names happen to begin alike are passed over.
 */
export async function listTargets(client: LambdaClient): Promise<readonly RotationTarget[]> {
  const targets: RotationTarget[] = [];
  for await (const { Functions: functions = [] } of paginateListFunctions({ client }, {})) {
    for (const one of functions) {
      if (isRotation(one)) targets.push(toTarget(one));
    }
  }
  return targets.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function isRotation({
  FunctionName: name = '',
  Environment: environment,
}: FunctionConfiguration): boolean {
  const config = environment?.Variables?.[CONFIG_VARIABLE];
  return config !== undefined && name.startsWith(FUNCTION_PREFIX);
}

function toTarget(found: FunctionConfiguration): RotationTarget {
  const { FunctionName: functionName = '', FunctionArn: functionArn = '', Role: roleArn } = found;
  const text = found.Environment?.Variables?.[CONFIG_VARIABLE];
  const { ErrorCode: refused } = found.Environment?.Error ?? {};
  if (refused !== undefined) throw unreadable(functionName, refused);
  if (text === undefined) throw notLockstep(functionName, `it has no ${CONFIG_VARIABLE}`);
  try {
    const config = parseConfig(FunctionConfig, { subject: CONFIG_VARIABLE, text });
    const { name, secretArn } = config;
    const region = secretArn.split(':')[3] ?? '';
    const logGroup = found.LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
    return { name, functionName, functionArn, roleArn, logGroup, region, config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw notLockstep(functionName, error.message);
  }
}

/** Lambda answers all the same where the caller may not use the key of the environment. */
function unreadable(functionName: string, refused: string): CommandError {
  return new CommandError(`the environment of ${functionName} cannot be read: ${refused}`, {
    remedy:
      "get kms:Decrypt on the key of the function's environment; lockstep policy aws prints it",
    ending: 'unreachable',
  });
}

function notLockstep(functionName: string, why: string): CommandError {
  return new CommandError(
    `the function ${functionName} is no rotation that this version knows: ${why}`,
    {
      remedy:
        'deploy it with this version (cdk deploy), or use the version that it was deployed with',
    },
  );
}
