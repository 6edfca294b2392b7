import { Match } from 'aws-cdk-lib/assertions';
import { SECRET_ARN } from '../orders.ts';
import { filledIn, watched } from './watched.ts';

const FUNCTION = 'AlarmsNoticeFunction52713EDD';
const BUS = 'arn:aws:events:eu-central-1:111122223333:event-bus/default';

describe('the way of a notice', () => {
  const template = watched();

  test('begins at the lines of failed steps, but for the hourly one', () => {
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
      LogGroupName: { Ref: 'RotationFunctionLog35BA0598' },
      DestinationArn: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
      FilterPattern: '{ ($.message = "step.failed") && ($.step != "watch") }',
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'logs.amazonaws.com',
      FunctionName: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
      SourceArn: { 'Fn::GetAtt': ['RotationFunctionLog35BA0598', 'Arn'] },
    });
  });

  test('goes through a function that may write its log and send events, and nothing else', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Role: { 'Fn::GetAtt': ['AlarmsNoticeRoleB8C999E0', 'Arn'] },
      Environment: Match.absent(),
    });
    expect(template.findResources('AWS::IAM::Role')).toHaveProperty('AlarmsNoticeRoleB8C999E0', {
      Type: 'AWS::IAM::Role',
      Properties: {
        Description: 'Unpacks lines of a log and sends them on as events.',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { Service: 'lambda.amazonaws.com' },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'Notice',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: 'WriteLog',
                  Effect: 'Allow',
                  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  Resource: { 'Fn::GetAtt': ['AlarmsNoticeLog196F191D', 'Arn'] },
                },
                {
                  Sid: 'SendNotice',
                  Effect: 'Allow',
                  Action: 'events:PutEvents',
                  Resource: BUS,
                },
              ],
            },
          },
        ],
      },
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('goes on to EventBridge with what the function returns', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: FUNCTION },
      DestinationConfig: { OnSuccess: { Destination: BUS } },
    });
  });

  test('ends at the topic, with the words of the function in the message', () => {
    const [rule] = Object.values(
      template.findResources('AWS::Events::Rule', {
        Properties: {
          EventPattern: {
            source: ['lambda'],
            'detail-type': ['Lambda Function Invocation Result - Success'],
            detail: {
              requestContext: { functionArn: [{ prefix: { 'Fn::GetAtt': [FUNCTION, 'Arn'] } }] },
            },
          },
        },
      }),
    );

    const { Targets } = rule?.['Properties'] as {
      readonly Targets: [{ readonly InputTransformer: Readonly<Record<string, unknown>> }];
    };
    const [{ InputTransformer }] = Targets;
    expect(InputTransformer['InputPathsMap']).toEqual({
      'detail-responsePayload-rotation': '$.detail.responsePayload.rotation',
      'detail-responsePayload-step': '$.detail.responsePayload.step',
      'detail-responsePayload-error': '$.detail.responsePayload.error',
      'detail-responsePayload-versionId': '$.detail.responsePayload.versionId',
      'detail-responsePayload-message': '$.detail.responsePayload.message',
    });
    const [first, second] = filledIn(InputTransformer['InputTemplate']).split('\n');
    expect(first).toBe(
      `"Rotation <detail-responsePayload-rotation>, secret ${SECRET_ARN}: <detail-responsePayload-step> failed with ` +
        '<detail-responsePayload-error>, version <detail-responsePayload-versionId>."',
    );
    expect(second).toBe('"<detail-responsePayload-message>"');
  });
});
