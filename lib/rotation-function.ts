import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  type FunctionOptions,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AuditBucket } from './audit-bucket.ts';
import { functionEnvironment } from './function-environment.ts';
import type { PasswordRotationProps } from './password-rotation-props.ts';
import { rotationPermissions } from './rotation-permissions.ts';
import { SynthesisError } from './synthesis-error.ts';

const FUNCTION_NAME_LENGTH_MAX = 64;
const MEMORY_MB = 512;
const TIMEOUT = Duration.seconds(180);
/** Lambda's own limit is 15 minutes; with less than a minute a step has no time to take a change back. */
const TIMEOUT_SECONDS_MIN = 60;
const TIMEOUT_SECONDS_MAX = 900;

export interface RotationFunctionProps extends PasswordRotationProps {
  /** The complete ARN of the rotated secret. */
  readonly secretArn: string;

  /** Where the function writes its audit trail. */
  readonly auditBucket: AuditBucket;

  /** The function's code, whose `index.js` exports `handler`. */
  readonly code: Code;
}

/**
 * The function that Secrets Manager calls for each step of one rotation, with a role and a log group of its own.
 *
 * The role has no managed policy; all that it may do is in `rotation-permissions.ts`.
 */
export class RotationFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** Empty where the function is in no VPC. */
  readonly securityGroups: readonly ISecurityGroup[];
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    const { rotationName, secret, vpc } = props;
    const functionName = nameFunction(rotationName);
    this.timeout = checkTimeout(rotationName, props.timeout ?? TIMEOUT);
    this.securityGroups = this.#securityGroups(props);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(props.logKey && { encryptionKey: props.logKey }),
    });
    const permissions = new PolicyDocument();
    this.role = new Role(this, 'Role', {
      description: `Rotates the secret of rotation ${rotationName}.`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Rotation: permissions },
    });
    permissions.addStatements(
      ...rotationPermissions(this.role, {
        ...props,
        access: 'rotate',
        logGroup: this.logGroup,
        functionName,
        isInVpc: vpc !== undefined,
        secretKey: secret.encryptionKey,
      }),
    );
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: `Rotates one database password everywhere, in step: ${rotationName}.`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySizeMb ?? MEMORY_MB,
      timeout: this.timeout,
      ...((props.oneAtATime ?? true) && { reservedConcurrentExecutions: 1 }),
      environment: functionEnvironment(this, props),
      ...(props.environmentKey && { environmentEncryption: props.environmentKey }),
      // Its permissions are complete: what else the CDK would add is not asked for.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...this.#network(props),
    });
  }

  #securityGroups({ vpc, securityGroups }: RotationFunctionProps): readonly ISecurityGroup[] {
    if (vpc === undefined || securityGroups !== undefined) return securityGroups ?? [];
    const description = 'The rotation function: out to databases and vaults, nothing in.';
    return [new SecurityGroup(this, 'SecurityGroup', { vpc, description })];
  }

  #network({ vpc, vpcSubnets }: RotationFunctionProps): FunctionOptions {
    if (vpc === undefined) return {};
    return { vpc, ...(vpcSubnets && { vpcSubnets }), securityGroups: [...this.securityGroups] };
  }
}

function nameFunction(rotationName: string): string {
  const functionName = `lockstep-${rotationName}`;
  if (functionName.length <= FUNCTION_NAME_LENGTH_MAX) return functionName;
  throw new SynthesisError(
    `rotation "${rotationName}": the name of its function, ${functionName}, is longer than ${FUNCTION_NAME_LENGTH_MAX} characters`,
  );
}

function checkTimeout(rotationName: string, timeout: Duration): Duration {
  const seconds = timeout.toSeconds();
  if (seconds >= TIMEOUT_SECONDS_MIN && seconds <= TIMEOUT_SECONDS_MAX) return timeout;
  throw new SynthesisError(
    `rotation "${rotationName}": its timeout is ${seconds} seconds; give it ${TIMEOUT_SECONDS_MIN} to ${TIMEOUT_SECONDS_MAX}`,
  );
}
