import { onlyResource, orders, templateOf } from './orders.ts';

const FUNCTION_ARN = { 'Fn::GetAtt': ['RotationFunctionE559BCDB', 'Arn'] };

describe('the end of the old password', () => {
  test('is looked for once an hour where it is to come before the next rotation', () => {
    const template = templateOf({ ...orders, retire: { afterHours: 24 } });

    const { Properties } = onlyResource(template, 'AWS::Events::Rule');
    expect(Properties['ScheduleExpression']).toBe('rate(1 hour)');
    expect(Properties['Targets']).toEqual([
      {
        Arn: FUNCTION_ARN,
        Id: 'Target0',
        Input: '{"operation":"retire"}',
        RetryPolicy: { MaximumRetryAttempts: 2 },
      },
    ]);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['RotationRetireRule40AE45E8', 'Arn'] },
    });
  });

  test('needs nothing where it comes with the next rotation', () => {
    templateOf(orders).resourceCountIs('AWS::Events::Rule', 0);
  });
});
