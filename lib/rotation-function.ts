import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import type { RotationEntry } from '../config/rotations-file.ts';
import type { AuditBucket } from './audit-bucket.ts';
import { functionEnvironment } from './function-environment.ts';
import { rotationPermissions } from './rotation-permissions.ts';
import { SynthesisError } from './synthesis-error.ts';

const FUNCTION_NAME_LENGTH_MAX = 64;

export interface RotationFunctionProps {
  /** The rotation that the function serves. It serves no other. */
  readonly rotation: RotationEntry;

  /** The function's code, whose `index.js` exports `handler`. */
  readonly code: Code;

  /** Where the function writes its audit trail. */
  readonly auditBucket: AuditBucket;

  /**
   * How long the function's log is kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;
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

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    const { rotation, auditBucket } = props;
    const functionName = nameFunction(rotation);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, 'Role', {
      description: `Rotates the secret of rotation ${rotation.name}.`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Rotation: rotationPermissions(this, {
          rotation,
          auditBucket,
          logGroup: this.logGroup,
          functionName,
        }),
      },
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: `Rotates one database password everywhere, in step: ${rotation.name}.`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: rotation.memoryMb,
      timeout: Duration.seconds(rotation.timeoutSeconds),
      environment: functionEnvironment(this, { rotation, auditBucket }),
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...this.#network(rotation),
    });
  }

  #network({ name, vpc }: RotationEntry): FunctionOptions {
    if (vpc === undefined) return {};
    if (vpc.subnetIds.length % vpc.availabilityZones.length !== 0) {
      throw new SynthesisError(
        `rotation "${name}": give each availability zone of its VPC the same number of subnets`,
      );
    }
    const imported = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: vpc.vpcId,
      availabilityZones: vpc.availabilityZones,
      privateSubnetIds: vpc.subnetIds,
    });
    // Only the ids of the subnets are used.
    Annotations.of(imported).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    return {
      vpc: imported,
      securityGroups: vpc.securityGroupIds.map((groupId) =>
        SecurityGroup.fromSecurityGroupId(this, groupId, groupId, { mutable: false }),
      ),
    };
  }
}

function nameFunction({ name }: RotationEntry): string {
  const functionName = `lockstep-${name}`;
  if (functionName.length <= FUNCTION_NAME_LENGTH_MAX) return functionName;
  throw new SynthesisError(
    `rotation "${name}": the name of its function, ${functionName}, is longer than ${FUNCTION_NAME_LENGTH_MAX} characters`,
  );
}
