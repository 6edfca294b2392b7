import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type AlarmPlace, describeAlarm } from './rotation-alarm.ts';
import { rotationMetric } from './rotation-metrics.ts';

const PERIOD = Duration.hours(1);
/** A call may come a little late, and a metric too. */
const PERIODS = 3;
/** For the window of the schedule, at most the rest of a day, and for retries. */
const GRACE = Duration.days(1);

/**
 * How old the secret may be: what was asked for, else the longest gap of the schedule and a day.
 *
 * @returns undefined where it is rotated on request only and nobody said
 */
export function secretAgeMax(
  { scheduleTimes }: AlarmPlace['rotation'],
  asked: Duration | undefined,
): Duration | undefined {
  if (asked !== undefined || scheduleTimes === undefined) return asked;
  return Duration.millis(scheduleTimes.gapMaxMs).plus(GRACE);
}

/**
 * Rings when the secret is older than it may be, and also when nothing tells its age any more.
 *
 * CloudWatch looks back seven days at most (Period × EvaluationPeriods of PutMetricAlarm: 604,800 seconds, and 86,400 for
 * periods under an hour), so no alarm can wait a month for a rotation that does not come. Therefore EventBridge calls the
 * function every hour, the function reads the age from Secrets Manager and writes it as a metric, and the metric's
 * absence for three hours counts as too old: the rule is off, the function is gone or fails, the metric is not written.
 *
 * What it cannot see: an account in which EventBridge, Lambda and CloudWatch are all out of order. What it says too much:
 * a new alarm has no metric before the first call, so it rings once after its first deployment, until an hour later.
 */
export function secretAgeAlarm(place: AlarmPlace, ageMax: Duration): Alarm {
  const { scope, rotation, topic } = place;
  const alarm = new Alarm(scope, 'SecretTooOld', {
    alarmName: `lockstep-${rotation.rotationName}-SecretTooOld`,
    alarmDescription: describeAlarm(place, ({ describe: versions, rotate }) => ({
      finding: `the secret was not rotated for ${inDays(ageMax)} days, or nothing has told its age for ${PERIODS} hours.`,
      state: `the last password stays valid on every database and in every vault until a rotation succeeds. The reason of the alarm says which: a number is the age in ms, missing data points mean that the function is not called or fails.`,
      next: `see NextRotationDate and whether rotation is on: ${versions}; then ${rotate}`,
    })),
    metric: rotationMetric(rotation.rotationName, { name: 'SecretAgeMs', period: PERIOD }),
    threshold: ageMax.toMilliseconds(),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: PERIODS,
    treatMissingData: TreatMissingData.BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  // This one ends for a reason, so its end is worth telling.
  alarm.addOkAction(new SnsAction(topic));
  return alarm;
}

function inDays(duration: Duration): number {
  return Math.floor(duration.toDays({ integral: false }));
}
