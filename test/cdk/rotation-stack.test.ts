import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { RotationStack } from '../../lib/rotation-stack.ts';
import { readRotations } from '../../lib/rotations.ts';
import {
  alarms,
  inlineCode,
  mirror,
  newApp,
  newStack,
  onlyResource,
  orders,
  PROJECT_ROOT,
  templateOf,
} from './orders.ts';

describe('the stack of a rotation', () => {
  test('holds these resources and no other', () => {
    const { Resources } = templateOf(orders).toJSON() as {
      readonly Resources: Record<string, { readonly Type: string }>;
    };

    expect(
      Object.values(Resources)
        .map(({ Type }) => Type)
        .sort(),
    ).toEqual([
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SecretsManager::RotationSchedule',
    ]);
  });

  test('says what it made and how to rotate', () => {
    const { Outputs } = templateOf(orders).toJSON() as { readonly Outputs: unknown };

    expect(Outputs).toEqual({
      FunctionName: { Value: { Ref: 'RotationFunctionE559BCDB' } },
      FunctionArn: { Value: { 'Fn::GetAtt': ['RotationFunctionE559BCDB', 'Arn'] } },
      RoleArn: { Value: { 'Fn::GetAtt': ['RotationFunctionRole04C809CD', 'Arn'] } },
      InspectorName: {
        Value: { Ref: expect.stringMatching(/^RotationInspectorFunction[0-9A-F]{8}$/) as string },
      },
      InspectorRoleArn: {
        Value: {
          'Fn::GetAtt': [
            expect.stringMatching(/^RotationInspectorRole[0-9A-F]{8}$/) as string,
            'Arn',
          ],
        },
      },
      AuditBucket: { Value: { Ref: 'RotationAudit3A0D2ABC' } },
      RotateCommand: {
        Value:
          'aws secretsmanager rotate-secret --secret-id arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3 --region eu-central-1',
      },
    });
  });

  test('lives in the account and region of its rotation', () => {
    const { account, region } = newStack(orders);

    expect({ account, region }).toEqual({ account: '111122223333', region: 'eu-central-1' });
  });

  test('goes where it is deployed to when its rotation names neither account nor region', () => {
    const anywhere = { ...orders, account: undefined, region: undefined };

    const { Properties } = onlyResource(templateOf(anywhere), 'AWS::Lambda::Permission');
    expect(Properties['SourceAccount']).toEqual({ Ref: 'AWS::AccountId' });
  });

  test('fails when the account of the rotation is not that of its secret', () => {
    expect(() => newStack({ ...orders, account: '444455556666' })).toThrow(
      'rotation "orders": its account is 444455556666, but its secret is in 111122223333',
    );
  });

  test('fails when the region of the rotation is not that of its secret', () => {
    expect(() => newStack({ ...orders, region: 'us-east-1' })).toThrow(
      'rotation "orders": its region is us-east-1, but its secret is in eu-central-1',
    );
  });

  test('fails when a secret that the function reads is in another region', () => {
    const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:lockstep/oci-d4E5f6';
    const auth = { type: 'api-key', secretArn } as const;
    const rotation = { ...orders, mirrors: [{ ...mirror, auth }] };

    expect(() => newStack(rotation)).toThrow('must be in eu-central-1, beside the rotated one');
  });

  test('is made of each rotation of the example', () => {
    const { folder, entries } = readRotations(path.join(PROJECT_ROOT, 'rotations.example.json'));
    const app = newApp();
    const code = inlineCode();

    for (const rotation of entries) {
      const props = { rotation, folder, code, inspectorCode: code, noticeCode: code };
      const stack = new RotationStack(app, `Lockstep-${rotation.name}`, props);
      Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: 'lockstep-orders',
      });
    }
    expect(entries.map(({ name }) => name)).toEqual(['orders']);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('has a dashboard where it is wanted: %s', (dashboard, count) => {
    const template = templateOf({ ...orders, alarms: { ...alarms, dashboard } });

    template.resourceCountIs('AWS::CloudWatch::Dashboard', count);
  });

  test('tells the topic that is named, and makes none', () => {
    const topicArn = 'arn:aws:sns:eu-central-1:111122223333:database-team';
    const template = templateOf({ ...orders, alarms: { topicArn, dashboard: false } });

    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'lockstep-orders-setSecret-failed',
      AlarmActions: [topicArn],
    });
  });
});
