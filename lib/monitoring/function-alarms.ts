import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { failedStepState } from './failed-step.ts';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric } from './rotation-metrics.ts';

const PERIOD = Duration.minutes(5);
/** A step that takes longer is close to failing for want of time. */
const TIMEOUT_SHARE_MAX = 0.8;

/** The alarms of the function as Lambda sees it: they ring also when the function cannot say anything itself. */
export function functionAlarms(place: AlarmPlace): readonly Alarm[] {
  return [ended(place), throttled(place), slow(place), unrecorded(place)];
}

function ended(place: AlarmPlace): Alarm {
  const { rotation } = place;
  return addAlarm(place, {
    name: 'FunctionError',
    metric: rotation.function.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
    words: ({ rotate }) => ({
      finding:
        'the function ended in an error: a failed step, a refused event, a time-out or a crash.',
      state: `without an alarm of a step it had no time to say more, nor to mend what it had begun. ${failedStepState('setSecret', rotation)}`,
      next: `the retry finds out and goes on; to have it now: ${rotate}`,
    }),
  });
}

function throttled(place: AlarmPlace): Alarm {
  return addAlarm(place, {
    name: 'FunctionThrottled',
    metric: place.rotation.function.metricThrottles({ period: PERIOD, statistic: Stats.SUM }),
    words: ({ rotate }) => ({
      finding:
        'Lambda did not run the function: the account has no concurrency left, or the function is given none.',
      state: 'the step did not begin, so it changed no database and no vault.',
      next: `give the account or the function concurrency, then: ${rotate}`,
    }),
  });
}

function slow(place: AlarmPlace): Alarm {
  const { rotation } = place;
  const seconds = Math.floor(rotation.functionTimeout.toSeconds() * TIMEOUT_SHARE_MAX);
  return addAlarm(place, {
    name: 'FunctionSlow',
    metric: rotation.function.metricDuration({ period: PERIOD, statistic: Stats.MAXIMUM }),
    threshold: Duration.seconds(seconds).toMilliseconds(),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    words: ({ describe }) => ({
      finding: `a step took more than ${seconds} of its ${rotation.functionTimeout.toSeconds()} seconds.`,
      state:
        'the step may have succeeded; the alarms of steps, databases and mirrors say otherwise.',
      next: `raise timeoutSeconds in rotations.json and deploy; whether the rotation has ended: ${describe}`,
    }),
  });
}

function unrecorded(place: AlarmPlace): Alarm {
  return addAlarm(place, {
    name: 'AuditFailed',
    metric: rotationMetric(place.rotation.rotationName, { name: 'AuditFailed' }),
    words: ({ describe }) => ({
      finding: 'something was done that the audit trail has no entry for.',
      state:
        'the log holds the missing entry (audit.entry-missing). Databases and vaults are as the other alarms say: a trail that cannot be written stops nothing that is done already.',
      next: `make bucket and key of the trail reachable for the function; the versions of the secret: ${describe}`,
    }),
  });
}
