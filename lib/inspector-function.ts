import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import type { AuditBucket } from './audit-bucket.ts';
import { functionEnvironment } from './function-environment.ts';
import type { PasswordRotationProps } from './password-rotation-props.ts';
import { rotationPermissions } from './rotation-permissions.ts';
import { SynthesisError } from './synthesis-error.ts';

const FUNCTION_NAME_LENGTH_MAX = 64;
const MEMORY_MB = 512;
/** A database that does not answer takes ten seconds, and the command line waits no longer than this. */
const TIMEOUT = Duration.seconds(120);

export interface InspectorFunctionProps extends PasswordRotationProps {
  /** The complete ARN of the rotated secret. */
  readonly secretArn: string;

  /** Where the rotation function writes its audit trail. */
  readonly auditBucket: AuditBucket;

  /** Those of the rotation function, whose way to the databases is looked at. */
  readonly securityGroups: readonly ISecurityGroup[];

  /** The function's code, whose `index.js` exports `handler`. */
  readonly code: Code;
}

/**
 * The function that looks at one rotation for the command line, from where the rotation function runs: in the same
 * network, with a role and a log group of its own.
 *
 * The role reads what the rotation function reads and writes nothing in AWS. With a mirror it signs in as
 * `inspectionAuth` says; without that, by the rotation function's own key, which is as strong as its group in OCI.
 */
export class InspectorFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, given: InspectorFunctionProps) {
    super(scope, id);
    const props = { ...given, mirrors: given.mirrors.map(forInspection) };
    const { rotationName, secret, vpc, vpcSubnets, securityGroups } = props;
    const functionName = nameInspector(rotationName);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(props.logKey && { encryptionKey: props.logKey }),
    });
    const permissions = new PolicyDocument();
    this.role = new Role(this, 'Role', {
      description: `Looks at the rotation ${rotationName}, and changes nothing.`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Inspection: permissions },
    });
    permissions.addStatements(
      ...rotationPermissions(this.role, {
        ...props,
        access: 'read',
        logGroup: this.logGroup,
        functionName,
        isInVpc: vpc !== undefined,
        secretKey: secret.encryptionKey,
      }),
    );
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: `Looks at the rotation ${rotationName} for the command line.`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      environment: functionEnvironment(this, props),
      ...(props.environmentKey && { environmentEncryption: props.environmentKey }),
      // Its permissions are complete: what else the CDK would add is not asked for.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(vpc && {
        vpc,
        ...(vpcSubnets && { vpcSubnets }),
        securityGroups: [...securityGroups],
      }),
    });
  }
}

function forInspection({ inspectionAuth, auth, ...mirror }: OciVaultConfig): OciVaultConfig {
  return { ...mirror, auth: inspectionAuth ?? auth };
}

/** An underscore is in no rotation's name, so that no rotation function can have this name. */
function nameInspector(rotationName: string): string {
  const functionName = `lockstep_inspector-${rotationName}`;
  if (functionName.length <= FUNCTION_NAME_LENGTH_MAX) return functionName;
  throw new SynthesisError(
    `rotation "${rotationName}": the name of its inspector, ${functionName}, is longer than ${FUNCTION_NAME_LENGTH_MAX} characters`,
  );
}
