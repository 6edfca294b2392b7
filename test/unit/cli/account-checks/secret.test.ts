import {
  ownedByNobodyElse,
  rotatedByItsFunction,
  rotatedInTime,
} from '../../../../cli/account-checks/secret.ts';

const target = {
  functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
  functionName: 'lockstep-orders',
};
const NOW_MS = Date.UTC(2026, 10, 20);

describe('the checks of the secret', () => {
  test('see that the secret is rotated by the function of this rotation', () => {
    const own = rotatedByItsFunction({ RotationLambdaARN: target.functionArn }, target);
    expect(own.outcome).toBe('ok');
  });

  test.each([
    [undefined, 'no function rotates the secret'],
    [
      'arn:aws:lambda:eu-west-1:111111111111:function:other',
      'another function rotates the secret: arn:aws:lambda:eu-west-1:111111111111:function:other',
    ],
  ])('fail when the secret is rotated by %s', (RotationLambdaARN, found) => {
    const finding = rotatedByItsFunction({ RotationLambdaARN }, target);
    expect(finding).toMatchObject({ outcome: 'failure', found });
  });

  test('fail when another service owns the secret', () => {
    expect(ownedByNobodyElse({}).outcome).toBe('ok');
    expect(ownedByNobodyElse({ OwningService: 'rds' })).toMatchObject({
      outcome: 'failure',
      found: 'rds manages the secret',
    });
  });

  test('name the schedule, or that there is none', () => {
    expect(rotatedInTime({}, NOW_MS)).toMatchObject({
      outcome: 'ok',
      found: 'there is no schedule: the secret rotates when somebody asks for it',
    });
    const RotationRules = { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' };
    expect(rotatedInTime({ RotationRules }, NOW_MS)).toMatchObject({
      outcome: 'ok',
      found: 'the schedule is cron(0 3 1 * ? *), within 2h; a deployment tests and does not rotate',
    });
  });

  test.each([
    [{ AutomaticallyAfterDays: 30 }, Date.UTC(2026, 8, 21), 'ok'],
    [{ AutomaticallyAfterDays: 30 }, Date.UTC(2026, 8, 20), 'warning'],
    [{ ScheduleExpression: 'rate(10 days)' }, Date.UTC(2026, 9, 31), 'ok'],
    [{ ScheduleExpression: 'rate(10 days)' }, Date.UTC(2026, 9, 30), 'warning'],
    [{ ScheduleExpression: 'rate(4 hours)' }, Date.UTC(2026, 10, 19, 15), 'warning'],
    [{ ScheduleExpression: 'cron(0 3 1 * ? *)' }, Date.UTC(2020, 0, 1), 'ok'],
    [
      { ScheduleExpression: 'cron(0 3 1 * ? *)', AutomaticallyAfterDays: 31 },
      Date.UTC(2020, 0, 1),
      'warning',
    ],
  ] as const)(
    'warn when the last rotation is twice as long ago as %j says',
    (RotationRules, rotatedMs, outcome) => {
      const secret = { RotationRules, LastRotatedDate: new Date(rotatedMs) };
      expect(rotatedInTime(secret, NOW_MS).outcome).toBe(outcome);
    },
  );
});
