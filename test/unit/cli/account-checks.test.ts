import { ownedByNobodyElse, rotatedByItsFunction } from '../../../cli/account-checks.ts';

const target = {
  functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
  functionName: 'lockstep-orders',
};

describe('the checks of the account', () => {
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
});
