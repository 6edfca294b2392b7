import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** The event that the function takes for ending the old password once its time has come. */
const EVENT = { operation: 'retire' };
/** A call that finds nothing to do reads the secret's description and ends. */
const PERIOD = Duration.hours(1);
/** The next call comes an hour later anyway. */
const RETRY_ATTEMPTS = 2;

export interface RetireScheduleProps {
  /** The rotation function, which looks whether the time has come. */
  readonly rotationFunction: IFunction;
}

/** Calls the function once an hour to end the password that stays valid beside AWSCURRENT for a limited time. */
export class RetireSchedule extends Construct {
  constructor(scope: Construct, id: string, { rotationFunction }: RetireScheduleProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: 'Ends the old database password once its time has come.',
      schedule: Schedule.rate(PERIOD),
      targets: [
        new LambdaFunction(rotationFunction, {
          event: RuleTargetInput.fromObject(EVENT),
          retryAttempts: RETRY_ATTEMPTS,
        }),
      ],
    });
  }
}
