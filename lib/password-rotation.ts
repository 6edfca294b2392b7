import process from 'node:process';
import { Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { connectionStringsSecrets } from '../config/connection-strings-config.ts';
import type { DatabaseConfig } from '../config/database-config.ts';
import { AuditBucket } from './audit-bucket.ts';
import { checkAuditKeyPlace } from './audit-keys.ts';
import { type CaBundle, readCaBundles } from './ca-bundle.ts';
import { endingCertificates } from './certificate-end.ts';
import { completeArn } from './complete-arn.ts';
import { connectionStringsConfig } from './connection-strings.ts';
import { functionBundle, INSPECTOR_ENTRY } from './function-bundle.ts';
import { HourlyOperation } from './hourly-operation.ts';
import { InspectorFunction } from './inspector-function.ts';
import { InterfaceEndpoints } from './interface-endpoints.ts';
import type { PasswordRotationProps } from './password-rotation-props.ts';
import { RotationFunction } from './rotation-function.ts';
import { RotationSchedule } from './rotation-schedule.ts';
import type { ScheduleTimes } from './schedule-expression.ts';
import { checkSchedule } from './schedule-limits.ts';
import { checkPlace, placeOf } from './secret-place.ts';
import { SynthesisError } from './synthesis-error.ts';

const AUDIT_RETENTION = Duration.days(365);
const CA_DAYS_LEFT_MIN = 90;

/**
 * Rotates one database password in step: the function that Secrets Manager calls, its role, log group, audit bucket and
 * schedule. Several may stand in one app; each has a secret of its own.
 *
 * The secret, its policy, the databases and the mirrors exist beforehand and are not touched. Deploying rotates nothing.
 * Nobody is told of a failure until `RotationAlarms` stands beside it.
 *
 * @throws SynthesisError when the rotation cannot be deployed as it is described
 * @throws ConfigError when the function would refuse its configuration
 */
export class PasswordRotation extends Construct {
  readonly rotationName: string;
  readonly secret: ISecret;
  /** The complete ARN of the secret. */
  readonly secretArn: string;
  readonly databases: readonly DatabaseConfig[];
  readonly strategy: 'single-user' | 'alternating-users';
  /** Names of the databases, as logs and metrics know them. */
  readonly databaseNames: readonly string[];
  readonly mirrorNames: readonly string[];
  readonly function: IFunction;
  readonly functionTimeout: Duration;
  /** Looks at the rotation for the command line; its role writes nothing. */
  readonly inspector: IFunction;
  readonly logGroup: ILogGroup;
  readonly auditBucket: AuditBucket;
  /** Whether the audit trail is copied to another place. */
  readonly copiesAuditTrail: boolean;
  /** The longest and shortest time between two rotations, where there is a schedule. */
  readonly scheduleTimes: ScheduleTimes | undefined;

  constructor(scope: Construct, id: string, props: PasswordRotationProps) {
    super(scope, id);
    const { rotationName, secret, databases, mirrors } = props;
    this.rotationName = rotationName;
    this.secret = secret;
    this.secretArn = completeArn(props);
    this.#checkPlace(props);
    this.scheduleTimes = scheduleTimes(props);
    this.databases = databases;
    this.strategy = props.strategy ?? 'single-user';
    this.databaseNames = databases.map(({ name }) => name);
    const connectionStrings = connectionStringsConfig(props);
    this.mirrorNames = [
      ...mirrors,
      ...connectionStringsSecrets({ mirrors, connectionStrings }),
    ].map(({ name }) => name);
    const caBundles = readCaBundles(databases, props.caFolder ?? process.cwd());
    this.#warnOfEnds(caBundles);
    this.auditBucket = new AuditBucket(this, 'Audit', {
      prefix: `lockstep/${rotationName}/`,
      retention: props.auditRetention ?? AUDIT_RETENTION,
      lockMode: props.auditLockMode ?? 'governance',
      key: props.auditBucketKey,
    });
    this.copiesAuditTrail = props.auditCopyTo !== undefined;
    const rotationFunction = new RotationFunction(this, 'Function', {
      ...props,
      secretArn: this.secretArn,
      auditBucket: this.auditBucket,
      code: props.code ?? functionBundle({ caBundles }),
    });
    this.function = rotationFunction.function;
    this.functionTimeout = rotationFunction.timeout;
    this.logGroup = rotationFunction.logGroup;
    this.inspector = new InspectorFunction(this, 'Inspector', {
      ...props,
      secretArn: this.secretArn,
      auditBucket: this.auditBucket,
      securityGroups: rotationFunction.securityGroups,
      code: props.inspectorCode ?? functionBundle({ entry: INSPECTOR_ENTRY, caBundles }),
    }).function;
    this.#addEndpoints(props, rotationFunction);
    new RotationSchedule(this, 'Schedule', {
      secret,
      rotationFunction: this.function,
      expression: props.scheduleExpression,
      duration: props.scheduleDuration,
    });
    if (props.retireAfter !== undefined) {
      new HourlyOperation(this, 'Retire', {
        rotationFunction: this.function,
        operation: 'retire',
        description: 'Ends the old database password once its time has come.',
      });
    }
  }

  /** What only the deployment knows is not compared. */
  #checkPlace(props: PasswordRotationProps): void {
    const { rotationName, databases, mirrors } = props;
    if (Token.isUnresolved(this.secretArn)) return;
    checkAuditKeyPlace(props, { rotationName, region: placeOf(this.secretArn).region });
    const { account, region } = Stack.of(this);
    checkPlace({
      name: rotationName,
      connectionStrings: connectionStringsConfig(props),
      secretArn: this.secretArn,
      databases,
      mirrors,
      account: Token.isUnresolved(account) ? undefined : account,
      region: Token.isUnresolved(region) ? undefined : region,
    });
  }

  /** A rotation whose CA has ended reaches its database no more; the new one has to be deployed before. */
  #warnOfEnds(caBundles: readonly CaBundle[]): void {
    for (const { assetPath, pem } of caBundles) {
      const ending = endingCertificates(pem, {
        nowMs: Date.now(),
        withinDays: CA_DAYS_LEFT_MIN,
      });
      for (const { subject, lastDay } of ending) {
        Validations.of(this).addWarning(
          'lockstep:caEnds',
          `rotation "${this.rotationName}": ${assetPath} holds the certificate "${subject}", which ends on ${lastDay}; deploy with its successor before`,
        );
      }
    }
  }

  #addEndpoints(props: PasswordRotationProps, { securityGroups }: RotationFunction): void {
    const { vpc, vpcSubnets, interfaceEndpoints: services = [] } = props;
    if (services.length === 0) return;
    if (vpc === undefined) {
      throw new SynthesisError(
        `rotation "${props.rotationName}": interface endpoints need a VPC; name the one to run in`,
      );
    }
    const subnets = vpcSubnets ?? {};
    new InterfaceEndpoints(this, 'Endpoints', { services, vpc, subnets, callers: securityGroups });
  }
}

function scheduleTimes(props: PasswordRotationProps): ScheduleTimes | undefined {
  const { rotationName, scheduleExpression: expression, scheduleDuration: duration } = props;
  if (expression === undefined) return undefined;
  return checkSchedule({ rotationName, expression, duration });
}
