import type { Duration } from 'aws-cdk-lib';
import { type Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { PasswordRotation } from '../password-rotation.ts';
import { HourlyOperation } from '../hourly-operation.ts';
import { certificateAlarms } from './certificate-alarms.ts';
import { copyAlarms } from './copy-alarms.ts';
import { databaseAlarms } from './database-alarms.ts';
import { EventTeller } from './event-teller.ts';
import { FailureNotice } from './failure-notice.ts';
import { functionAlarms } from './function-alarms.ts';
import { mirrorAlarms } from './mirror-alarms.ts';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { secretAgeAlarm, secretAgeMax } from './secret-age-alarm.ts';
import { tellServiceEvents } from './service-events.ts';
import { stepAlarms } from './step-alarms.ts';

export interface RotationAlarmsProps {
  /** The rotation to watch, of the same stack. */
  readonly rotation: PasswordRotation;

  /**
   * Who is told. A standard topic whose policy lets cloudwatch.amazonaws.com publish; where a customer's key encrypts it,
   * import it with that key.
   */
  readonly topic: ITopic;

  /**
   * The secret is too old when it was not rotated for so long.
   *
   * @default - the longest gap of the rotation's schedule and a day; no such alarm without a schedule
   */
  readonly secretAgeMax?: Duration | undefined;

  /**
   * The code that reads failures from the log.
   *
   * @default - bundled from this project
   */
  readonly noticeCode?: Code | undefined;
}

/**
 * Tells people that a rotation needs them: which secret, which step, in which state databases and vaults are, which command
 * comes next. Three ways lead to the topic, so that no single one need work:
 *
 * 1. alarms on the function's metrics and on Lambda's own, each with the text of its meaning;
 * 2. what Secrets Manager says in CloudTrail's service events;
 * 3. the function's own words for each failed step, from its log.
 *
 * A faultless rotation tells nothing.
 */
export class RotationAlarms extends Construct {
  readonly alarms: readonly Alarm[];
  /** Undefined where the secret may be of any age. */
  readonly secretAgeMax: Duration | undefined;

  constructor(scope: Construct, id: string, props: RotationAlarmsProps) {
    super(scope, id);
    const { rotation, topic } = props;
    const place: AlarmPlace = { scope: this, rotation, topic };
    const teller = new EventTeller(this, 'Events', { topic });
    tellServiceEvents(place, teller);
    const notice = new FailureNotice(this, 'Notice', { rotation, teller, code: props.noticeCode });
    this.secretAgeMax = secretAgeMax(rotation, props.secretAgeMax);
    this.alarms = [
      ...stepAlarms(place),
      ...databaseAlarms(place),
      ...mirrorAlarms(place),
      ...functionAlarms(place),
      ...hourlyAlarms(place, this.secretAgeMax),
      noticeAlarm(place, notice),
    ];
  }
}

/** The alarms on what the function tells every hour, because no alarm can wait for a rotation to tell it. */
function hourlyAlarms(place: AlarmPlace, ageMax: Duration | undefined): readonly Alarm[] {
  const alarms = [
    ...certificateAlarms(place),
    ...copyAlarms(place),
    ...(ageMax === undefined ? [] : [secretAgeAlarm(place, ageMax)]),
  ];
  if (alarms.length > 0) {
    new HourlyOperation(place.scope, 'Watch', {
      rotationFunction: place.rotation.function,
      operation: 'watch',
      description:
        'Tells the age of the secret and how long certificates last, and copies what the audit trail has no copy of.',
    });
  }
  return alarms;
}

/** Who tells of failures may fail too. */
function noticeAlarm(place: AlarmPlace, notice: FailureNotice): Alarm {
  return addAlarm(place, {
    name: 'NoticeFailed',
    metric: notice.function.metricErrors({ statistic: Stats.SUM }),
    words: ({ rotate }) => ({
      finding: 'a step failed, and the message that says why could not be made.',
      state: 'the alarms of steps, databases and mirrors say what they can.',
      next: `read the failure itself (Look); then ${rotate}`,
    }),
  });
}
