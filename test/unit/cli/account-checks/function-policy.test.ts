import { judgeFunctionPolicy } from '../../../../cli/account-checks/function-policy.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/app-a1B2c3';
const OTHER = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:billing/app-d4E5f6';
const rotated = { functionName: 'lockstep-orders', secretArn: SECRET };

function policyWith(condition: object, change: object = {}): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [
      {
        Sid: 'hourly',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
      },
      {
        Sid: 'rotation',
        Effect: 'Allow',
        Principal: { Service: 'secretsmanager.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
        Condition: condition,
        ...change,
      },
    ],
  });
}

const OWN = {
  StringEquals: { 'AWS:SourceAccount': '111111111111' },
  ArnLike: { 'AWS:SourceArn': SECRET },
};

describe('function-policy', () => {
  test('is ok when Secrets Manager may call the function for this secret', () => {
    expect(judgeFunctionPolicy(policyWith(OWN), rotated)).toMatchObject({
      check: 'function-policy',
      subject: 'lockstep-orders',
      outcome: 'ok',
    });
    const ofSome = { ArnLike: { 'aws:SourceArn': `${SECRET.slice(0, -10)}*` } };
    expect(judgeFunctionPolicy(policyWith(ofSome), rotated).outcome).toBe('ok');
  });

  test.each([
    ['there is no policy', undefined],
    ['another service alone may', policyWith(OWN, { Principal: { Service: 's3.amazonaws.com' } })],
    ['something else is permitted', policyWith(OWN, { Action: 'lambda:GetFunction' })],
  ])('fails when %s, with the command that permits it', (_case, text) => {
    const finding = judgeFunctionPolicy(text, rotated);
    expect(finding).toMatchObject({
      outcome: 'failure',
      found: 'nothing permits Secrets Manager to call it, so that every rotation is refused',
    });
    expect(finding.remedy).toContain(
      `aws lambda add-permission --function-name lockstep-orders --statement-id secrets-manager --action lambda:InvokeFunction --principal secretsmanager.amazonaws.com --source-account 111111111111 --source-arn ${SECRET}`,
    );
  });

  test.each([
    ['another secret', { ArnLike: { 'AWS:SourceArn': OTHER } }],
    ['another account', { StringEquals: { 'AWS:SourceAccount': '222222222222' } }],
    [
      'this secret of another account',
      { ...OWN, StringEquals: { 'AWS:SourceAccount': '222222222222' } },
    ],
  ])('fails when Secrets Manager may call it for %s only', (_case, condition) => {
    expect(judgeFunctionPolicy(policyWith(condition), rotated)).toMatchObject({
      outcome: 'failure',
      found: 'Secrets Manager may call it for other secrets only',
    });
  });

  test('warns when Secrets Manager may call it for anybody', () => {
    expect(judgeFunctionPolicy(policyWith({}), rotated).outcome).toBe('warning');
  });

  test('does not judge what it does not understand, or what forbids', () => {
    expect(judgeFunctionPolicy('{', rotated).outcome).toBe('unchecked');
    expect(judgeFunctionPolicy(policyWith({}, { Effect: 'Deny' }), rotated).outcome).toBe(
      'unchecked',
    );
  });
});
