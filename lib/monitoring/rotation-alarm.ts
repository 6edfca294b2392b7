import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PasswordRotation } from '../password-rotation.ts';
import { type AlarmText, alarmText } from './alarm-text.ts';
import { operatorCommands, type OperatorCommands } from './operator-commands.ts';

/** Where an alarm belongs and whom it tells. */
export interface AlarmPlace {
  readonly scope: Construct;
  readonly rotation: PasswordRotation;
  readonly topic: ITopic;
}

export type AlarmWords = Pick<AlarmText, 'finding' | 'state' | 'next'>;

export interface AlarmOrder {
  /** Names the alarm, `lockstep-<rotation>-<name>`, and its construct. */
  readonly name: string;
  readonly metric: IMetric;
  /** @default 1 */
  readonly threshold?: number;
  /** @default - at the threshold or above */
  readonly comparisonOperator?: ComparisonOperator;
  /** @default - nothing is wrong where nothing is told */
  readonly treatMissingData?: TreatMissingData;
  readonly words: (commands: OperatorCommands) => AlarmWords;
}

/**
 * Adds an alarm on something that should not happen at all. It rings at once, and it goes back to OK by itself five minutes
 * later, which says nothing: so only its ringing is told.
 */
export function addAlarm(place: AlarmPlace, order: AlarmOrder): Alarm {
  const alarm = new Alarm(place.scope, order.name, {
    alarmName: `lockstep-${place.rotation.rotationName}-${order.name}`,
    alarmDescription: describeAlarm(place, order.words),
    metric: order.metric,
    threshold: order.threshold ?? 1,
    comparisonOperator:
      order.comparisonOperator ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: order.treatMissingData ?? TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(place.topic));
  return alarm;
}

/** The text of an alarm of this rotation. */
export function describeAlarm(
  { scope, rotation }: AlarmPlace,
  words: (commands: OperatorCommands) => AlarmWords,
): string {
  const { rotationName, secretArn } = rotation;
  const commands = operatorCommands(scope, rotation);
  return alarmText({ rotationName, secretArn, ...words(commands), look: commands.failures });
}
