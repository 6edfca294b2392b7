import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

const PERIOD = Duration.hours(1);
/** The next call comes an hour later anyway. */
const RETRY_ATTEMPTS = 2;

export interface HourlyOperationProps {
  /** The rotation function, which looks whether there is anything to do. */
  readonly rotationFunction: IFunction;

  /** What the function is to do, as its event names it: `{"operation": "retire"}`. */
  readonly operation: 'retire' | 'watch';

  /** What it is for. A sentence. */
  readonly description: string;
}

/** Calls the function once an hour for something between rotations. */
export class HourlyOperation extends Construct {
  constructor(scope: Construct, id: string, props: HourlyOperationProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: props.description,
      schedule: Schedule.rate(PERIOD),
      targets: [
        new LambdaFunction(props.rotationFunction, {
          event: RuleTargetInput.fromObject({ operation: props.operation }),
          retryAttempts: RETRY_ATTEMPTS,
        }),
      ],
    });
  }
}
