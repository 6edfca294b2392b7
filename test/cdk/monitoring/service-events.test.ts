import { SECRET_ARN } from '../orders.ts';
import { filledIn, watched } from './watched.ts';

interface Target {
  readonly Arn: object;
  readonly RoleArn: object;
  readonly InputTransformer: {
    readonly InputPathsMap: Readonly<Record<string, string>>;
    readonly InputTemplate: unknown;
  };
}

const ROTATE = `aws secretsmanager rotate-secret --secret-id ${SECRET_ARN} --region eu-central-1`;

describe('what Secrets Manager says of a rotation', () => {
  const template = watched();

  function targetOf(eventName: string): Target {
    const rules = Object.values(
      template.findResources('AWS::Events::Rule', {
        Properties: {
          State: 'ENABLED',
          EventPattern: {
            source: ['aws.secretsmanager'],
            'detail-type': ['AWS Service Event via CloudTrail'],
            detail: { eventName: [eventName], additionalEventData: { SecretId: [SECRET_ARN] } },
          },
        },
      }),
    );
    const [rule] = rules;
    if (rule === undefined || rules.length > 1) throw new Error(`expected one rule ${eventName}`);
    const { Targets } = rule['Properties'] as { readonly Targets: readonly [Target] };
    return Targets[0];
  }

  /** The lines of a message, without the quotes that EventBridge wants around each. */
  function linesOf(eventName: string): readonly string[] {
    const { InputTemplate } = targetOf(eventName).InputTransformer;
    return filledIn(InputTemplate)
      .split('\n')
      .map((line) => line.replace(/^"(.*)"$/, '$1'));
  }

  test.each(['RotationFailed', 'RotationAbandoned', 'TestRotationFailed'])(
    'is told by the topic: %s',
    (eventName) => {
      expect(targetOf(eventName)).toMatchObject({
        Arn: { Ref: 'TopicBFC7AF6E' },
        RoleArn: { 'Fn::GetAtt': ['AlarmsEventsRoleA5D38FB4', 'Arn'] },
      });
    },
  );

  test('names the step of a failed rotation, the state, and the next command', () => {
    expect(targetOf('RotationFailed').InputTransformer.InputPathsMap).toEqual({
      time: '$.time',
      'detail-errorMessage': '$.detail.errorMessage',
    });
    expect(linesOf('RotationFailed')).toEqual([
      `Rotation orders, secret ${SECRET_ARN}: RotationFailed at <time>. <detail-errorMessage>`,
      'State: AWSCURRENT opens orders-rds and orders-adb, except where CurrentRefused or RestoreFailed of one rings too. oci holds AWSCURRENT as CURRENT, except where MirrorLag of it rings too.',
      `Next: do what the failure says (Look). Secrets Manager tries again by itself, or now with ${ROTATE}`,
      'Look: aws logs tail <LogGroup> --since 1d --region eu-central-1 --filter-pattern WARN',
      `Versions: aws secretsmanager describe-secret --secret-id ${SECRET_ARN} --region eu-central-1`,
    ]);
  });

  test('says what an abandoned rotation leaves behind', () => {
    const [finding, state, next] = linesOf('RotationAbandoned');

    expect(finding).toContain('Someone stored a new version of the secret while a rotation was');
    expect(state).toContain('orders-rds and orders-adb may accept it, or the password of the');
    expect(next).toBe(
      `Next: start a rotation, which finds the password that opens each database: ${ROTATE}`,
    );
  });

  test('says that a failed test changed nothing', () => {
    const [finding, state] = linesOf('TestRotationFailed');

    expect(finding).toMatch(/The test that follows a deployment failed\. <detail-errorMessage>$/);
    expect(state).toBe(
      'State: nothing was changed: orders-rds and orders-adb and oci are as they were.',
    );
  });

  test('holds no quote within a line, which would end it', () => {
    for (const eventName of ['RotationFailed', 'RotationAbandoned', 'TestRotationFailed']) {
      for (const line of linesOf(eventName)) expect(line).not.toContain('"');
    }
  });
});
