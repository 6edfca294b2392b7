import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { ok, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import type { RotationTarget } from '../rotation-target.ts';

const SUBJECT = 'secrets-manager';
const DAY_MS = 24 * 60 * 60 * 1_000;

/** A secret has one rotation function. Another one knows nothing of the other database and the mirror. */
export function rotatedByItsFunction(
  { RotationLambdaARN: arn }: DescribeSecretResponse,
  { functionArn, functionName }: Pick<RotationTarget, 'functionArn' | 'functionName'>,
): Finding {
  const [check, subject] = ['rotation-function', SUBJECT];
  if (arn === functionArn) return ok(check, subject, `${functionName} rotates the secret`);
  return wrong('failure', {
    check,
    subject,
    found:
      arn === undefined
        ? 'no function rotates the secret'
        : `another function rotates the secret: ${arn}`,
    remedy: `deploy the rotation again, or aws secretsmanager rotate-secret --rotation-lambda-arn ${functionArn}`,
  });
}

/** A service that owns a secret (Amazon RDS, for one) rotates it by itself; so does one of a managed type. */
export function ownedByNobodyElse({
  OwningService: owner,
  Type: type,
}: DescribeSecretResponse): Finding {
  const [check, subject] = ['secret-owner', SUBJECT];
  const who = owner ?? type;
  if (who === undefined) return ok(check, subject, 'no other service manages the secret');
  return wrong('failure', {
    check,
    subject,
    found: `${who} manages the secret`,
    remedy: 'make a secret of its own for this rotation, and name it in rotations.json',
  });
}

/**
 * When the secret rotates, and whether it has. A deployment does not rotate, it runs `testSecret` (`RotateImmediatelyOnUpdate`
 * is off in the stack), so that without a schedule the secret rotates on request only.
 */
export function rotatedInTime(
  {
    RotationRules: rules = {},
    LastRotatedDate: rotated,
    CreatedDate: created,
  }: DescribeSecretResponse,
  nowMs: number,
): Finding {
  const [check, subject] = ['rotation-schedule', SUBJECT];
  const { ScheduleExpression: expression, AutomaticallyAfterDays: days, Duration: window } = rules;
  if (expression === undefined && days === undefined) {
    return ok(check, subject, 'there is no schedule: the secret rotates when somebody asks for it');
  }
  const within = window === undefined ? '' : `, within ${window}`;
  const schedule = `${expression ?? `every ${days ?? 0} days`}${within}`;
  const intervalMs = days === undefined ? intervalOf(expression ?? '') : days * DAY_MS;
  const sinceMs = (rotated ?? created)?.getTime();
  if (intervalMs === undefined || sinceMs === undefined || nowMs - sinceMs <= 2 * intervalMs) {
    return ok(
      check,
      subject,
      `the schedule is ${schedule}; a deployment tests and does not rotate`,
    );
  }
  return wrong('warning', {
    check,
    subject,
    found: `the schedule is ${schedule}, and the last rotation succeeded ${Math.floor((nowMs - sinceMs) / DAY_MS)} days ago`,
    remedy: 'see the last failures with lockstep status, mend them, then lockstep rotate',
  });
}

/** Of `rate(…)`. What `cron(…)` comes to is said by Secrets Manager after a rotation, in AutomaticallyAfterDays (SDK). */
function intervalOf(expression: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (day|hour)s?\)$/.exec(expression) ?? [];
  if (count === undefined) return undefined;
  return Number(count) * (unit === 'day' ? DAY_MS : DAY_MS / 24);
}
