import { onlyResource, orders, SECRET_ARN, templateOf } from './orders.ts';

const FUNCTION_ARN = { 'Fn::GetAtt': ['RotationFunctionE559BCDB', 'Arn'] };

describe('the rotation schedule', () => {
  test('rotates at the scheduled time and never on deployment', () => {
    const template = templateOf({
      ...orders,
      schedule: { expression: 'cron(0 3 1 * ? *)', duration: '2h' },
    });

    expect(onlyResource(template, 'AWS::SecretsManager::RotationSchedule').Properties).toEqual({
      SecretId: SECRET_ARN,
      RotationLambdaARN: FUNCTION_ARN,
      RotateImmediatelyOnUpdate: false,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' },
    });
  });

  test('leaves the length of the window to Secrets Manager where none is given', () => {
    const template = templateOf({ ...orders, schedule: { expression: 'rate(30 days)' } });

    const { Properties } = onlyResource(template, 'AWS::SecretsManager::RotationSchedule');
    expect(Properties['RotationRules']).toEqual({ ScheduleExpression: 'rate(30 days)' });
  });

  test('attaches the function without rules where the rotation is on request only', () => {
    const template = templateOf(orders);

    expect(onlyResource(template, 'AWS::SecretsManager::RotationSchedule').Properties).toEqual({
      SecretId: SECRET_ARN,
      RotationLambdaARN: FUNCTION_ARN,
      RotateImmediatelyOnUpdate: false,
    });
  });

  test('is made after the permission, which is for this secret of this account only', () => {
    const template = templateOf(orders);

    const schedule = onlyResource(template, 'AWS::SecretsManager::RotationSchedule');
    expect(schedule.DependsOn).toEqual(['RotationSchedulePermission48129FB9']);
    expect(onlyResource(template, 'AWS::Lambda::Permission').Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: FUNCTION_ARN,
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: '111122223333',
      SourceArn: SECRET_ARN,
    });
  });
});
