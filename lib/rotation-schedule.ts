import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface RotationScheduleProps {
  /** The secret to rotate. */
  readonly secret: ISecret;

  /** The function that rotates it. */
  readonly rotationFunction: IFunction;

  /**
   * When to rotate, in UTC: `cron(…)` or `rate(…)` as Secrets Manager takes it.
   *
   * @default - only when someone calls RotateSecret
   */
  readonly expression?: string | undefined;

  /**
   * How long after the scheduled time the rotation may begin, in hours: `2h`.
   *
   * @default - what Secrets Manager chooses for the expression
   */
  readonly duration?: string | undefined;
}

/**
 * Makes the function the rotation function of the secret, and lets Secrets Manager call it for that secret alone.
 *
 * A deployment never rotates: Secrets Manager runs the `testSecret` step and no other. Without an expression the
 * secret rotates on request only; taking the expression away again later leaves the old schedule in place, because
 * Secrets Manager keeps the rules that a call leaves out.
 */
export class RotationSchedule extends Construct {
  constructor(scope: Construct, id: string, props: RotationScheduleProps) {
    super(scope, id);
    const permission = new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: props.rotationFunction.functionArn,
      principal: new ServicePrincipal('secretsmanager.amazonaws.com').service,
      sourceAccount: Stack.of(this).account,
      sourceArn: props.secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: props.secret.secretArn,
      rotationLambdaArn: props.rotationFunction.functionArn,
      rotateImmediatelyOnUpdate: false,
      ...rules(props),
    });
    schedule.addResourceDependency(permission);
  }
}

function rules({ expression, duration }: RotationScheduleProps): {
  rotationRules?: CfnRotationSchedule.RotationRulesProperty;
} {
  if (expression === undefined) return {};
  return {
    rotationRules: {
      scheduleExpression: expression,
      ...(duration === undefined ? {} : { duration }),
    },
  };
}
