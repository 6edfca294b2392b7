import { readSchedule, type ScheduleTimes } from './schedule-expression.ts';
import { SynthesisError } from './synthesis-error.ts';

const HOUR_MS = 60 * 60 * 1000;
const HOURS_IN_DAY = 24;

/** Secrets Manager rotates a secret as often as that and no oftener (its user guide, "Rotation schedules"). */
const ROTATION_GAP_HOURS_MIN = 4;
const RATE_DAYS_MAX = 999;

/** OCI Vault: as many versions of a secret can await their deletion, and as many be in use. */
const VERSIONS_AWAITING_DELETION_MAX = 30;
/** The function asks for the deletion of an old version this long ahead; OCI takes no less than a day. */
const DELETION_DELAY_HOURS = 25;
/** The other half is for versions that failed and repeated rotations leave behind. */
const ROTATIONS_AWAITING_DELETION_MAX = VERSIONS_AWAITING_DELETION_MAX / 2;

export interface ScheduleToCheck {
  readonly rotationName: string;
  /** `cron(…)` or `rate(…)`. */
  readonly expression: string;
  /** `2h`; what Secrets Manager chooses if left out. */
  readonly duration?: string | undefined;
}

/**
 * Checks a schedule before it is deployed. Each rotation makes a version in the mirror and has an old one deleted, which
 * takes OCI a day: a faster schedule fills the mirror, and from then on no rotation succeeds.
 *
 * @returns the gaps between two rotations
 * @throws SynthesisError when the expression cannot be read, when it is faster than the mirror or Secrets Manager can
 *   follow, or when its window would reach into the next day or the next window
 */
export function checkSchedule({
  rotationName,
  expression,
  duration,
}: ScheduleToCheck): ScheduleTimes {
  const refuse = (reason: string): never => {
    throw new SynthesisError(`rotation "${rotationName}": its schedule ${expression} ${reason}`);
  };
  const times = readSchedule(expression);
  if (times === undefined) {
    return refuse(
      'is none that Secrets Manager takes: rate(30 days), or cron(0 3 1 * ? *) with minutes 0, any year, and ? for one of the two kinds of day',
    );
  }
  const gapHours = times.gapMinMs / HOUR_MS;
  const awaiting = Math.ceil(DELETION_DELAY_HOURS / gapHours);
  if (awaiting > ROTATIONS_AWAITING_DELETION_MAX) {
    return refuse(
      `is faster than a mirror can hold versions: ${awaiting} would await their deletion at once, of ${VERSIONS_AWAITING_DELETION_MAX} that OCI Vault keeps; rotate every ${ROTATION_GAP_HOURS_MIN} hours at most`,
    );
  }
  if (gapHours < ROTATION_GAP_HOURS_MIN) {
    return refuse(
      `is faster than Secrets Manager rotates: every ${ROTATION_GAP_HOURS_MIN} hours at most`,
    );
  }
  if (expression.startsWith('rate') && gapHours > RATE_DAYS_MAX * HOURS_IN_DAY) {
    return refuse(`is slower than Secrets Manager takes: ${RATE_DAYS_MAX} days at most`);
  }
  const windowHours = duration === undefined ? 1 : Number(duration.slice(0, -1));
  if (windowHours < 1) return refuse('has a window of no hour; give it 1h at least');
  if (windowHours > gapHours)
    return refuse(`has a window of ${windowHours}h, which reaches into the next one`);
  if (times.lastHour + windowHours > HOURS_IN_DAY) {
    return refuse(`has a window of ${windowHours}h, which reaches into the next day in UTC`);
  }
  return times;
}
