import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseConfig } from '../../config/database-config.ts';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric, type MetricName } from './rotation-metrics.ts';

/** With less than that left, a rotation that is stuck over night ends with AWSCURRENT refused. */
const OVERLAP_MIN = Duration.hours(12);

/** The alarms of each database, so that the alarm itself says which one. */
export function databaseAlarms(place: AlarmPlace): readonly Alarm[] {
  return place.rotation.databases.flatMap((database) => [
    currentRefused(place, database),
    // Where users alternate, AWSCURRENT is never touched and nothing is taken back.
    ...(place.rotation.strategy === 'single-user' ? [restoreFailed(place, database)] : []),
    loginRefused(place, database),
    ...(endsByItself(place, database) ? [overlapShort(place, database)] : []),
  ]);
}

function currentRefused(place: AlarmPlace, { name }: DatabaseConfig): Alarm {
  return addAlarm(place, {
    name: `CurrentRefused-${name}`,
    metric: of(place, 'CurrentRefused', name),
    words: ({ rotate }) => ({
      finding: `${name} refuses AWSCURRENT, so applications cannot open new connections to it.`,
      state: `another stored version should open ${name}: AWSPENDING after a change, AWSPREVIOUS or an older one after a change by hand. What the failed step did about it is in the log.`,
      next: `see whether it was mended (Look); if not, start a rotation, which finds the password: ${rotate}`,
    }),
  });
}

function restoreFailed(place: AlarmPlace, { name }: DatabaseConfig): Alarm {
  return addAlarm(place, {
    name: `RestoreFailed-${name}`,
    metric: of(place, 'RestoreFailed', name),
    words: ({ describe, rotate }) => ({
      finding: `${name} was changed and could not be taken back after the rotation failed.`,
      state: `${name} last accepted AWSPENDING and not AWSCURRENT. AWSCURRENT has not moved; each vault holds both versions.`,
      next: `leave AWSPENDING where it is (${describe}); make ${name} reachable and let the rotation go on: ${rotate}`,
    }),
  });
}

function loginRefused(place: AlarmPlace, { name }: DatabaseConfig): Alarm {
  return addAlarm(place, {
    name: `LoginRefused-${name}`,
    metric: of(place, 'LoginRefused', name),
    words: ({ describe }) => ({
      finding: `${name} refused a login with a stored password.`,
      state: `a rotation in which nothing fails makes no refused login. Each counts towards the lock of the account; Lockstep stops trying when the day's budget for ${name} is used up.`,
      next: `see whether a step failed for it (Look), and which versions there are: ${describe}`,
    }),
  });
}

function overlapShort(place: AlarmPlace, { name }: DatabaseConfig): Alarm {
  const metric = rotationMetric(place.rotation.rotationName, {
    name: 'OverlapMs',
    subject: name,
    statistic: Stats.MINIMUM,
  });
  return addAlarm(place, {
    name: `OverlapShort-${name}`,
    metric,
    threshold: OVERLAP_MIN.toMilliseconds(),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    words: ({ rotate }) => ({
      finding: `${name} keeps the old password for less than ${OVERLAP_MIN.toHours()} hours.`,
      state: `${name} accepts both passwords until then, AWSPENDING alone afterwards. Where the rotation has ended, AWSCURRENT is the new password and all is well.`,
      next: `make sure that the rotation ends in time: ${rotate}; raise PASSWORD_ROLLOVER_TIME of the user's profile`,
    }),
  });
}

function of(
  { rotation }: AlarmPlace,
  name: MetricName,
  subject: string,
): ReturnType<typeof rotationMetric> {
  return rotationMetric(rotation.rotationName, { name, subject });
}

/** Oracle ends the old password after a time of its own; the others keep it until the next rotation. */
function endsByItself({ rotation }: AlarmPlace, database: DatabaseConfig): boolean {
  return (
    database.engine === 'oracle' &&
    database.overlap !== 'off' &&
    rotation.strategy === 'single-user'
  );
}
