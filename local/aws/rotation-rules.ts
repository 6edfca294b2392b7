import type { RotationRulesType } from '@aws-sdk/client-secrets-manager';
import { parseSchedule, type Schedule } from './schedule-expression.ts';
import { AwsServiceError } from './service-error.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const DAYS_MAX = 1000;

/**
 * Refuses the rules that RotateSecret refuses: both ways of saying when, an interval outside 1-1000 days,
 * a bad expression, a window that runs into the next one or the next UTC day.
 *
 * The text for "both" is AWS's (terraform-provider-aws issue 33329), the other texts are not.
 */
export function checkRotationRules(rules: RotationRulesType): void {
  const {
    AutomaticallyAfterDays: days,
    ScheduleExpression: expression,
    Duration: duration,
  } = rules;
  if (days !== undefined && expression !== undefined) {
    throw refused('You cannot specify both rotation frequency and schedule expression together.');
  }
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)) {
    throw refused(`RotationRules.AutomaticallyAfterDays must be within 1-${DAYS_MAX}.`);
  }
  const schedule = scheduleOf(rules);
  if (duration === undefined) return;
  const hours = Number(/^(\d{1,2})h$/.exec(duration)?.[1] ?? 0);
  if (hours < 1) throw refused('RotationRules.Duration must be a number of hours, such as 3h.');
  if (hours > (schedule?.hoursMax ?? 24)) {
    throw refused('The rotation window must not extend into the next window or the next UTC day.');
  }
}

/**
 * DescribeSecret's NextRotationDate: the last second of the first window after `since`. An approximation:
 * AWS says only that the secret rotates "on or before this date".
 */
export function nextRotationDate(rules: RotationRulesType, since: number): number | undefined {
  const schedule = scheduleOf(rules);
  const opens = schedule?.nextWindow(since);
  if (schedule === undefined || opens === undefined) return undefined;
  const hours = rules.Duration === undefined ? schedule.defaultHours : parseInt(rules.Duration, 10);
  return opens + hours * HOUR_MS - 1000;
}

function scheduleOf(rules: RotationRulesType): Schedule | undefined {
  if (rules.ScheduleExpression !== undefined) return parseSchedule(rules.ScheduleExpression);
  const days = rules.AutomaticallyAfterDays;
  if (days === undefined) return undefined;
  const nextWindow = (since: number): number => since - (since % DAY_MS) + days * DAY_MS;
  return { nextWindow, defaultHours: 24, hoursMax: 24 };
}

function refused(message: string): AwsServiceError {
  return new AwsServiceError('InvalidParameterException', message);
}
