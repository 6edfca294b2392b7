import { alarms, mirror, oracle, postgres } from '../orders.ts';
import { alarmNamed, alarmNames, ownMetric, textOf, watched } from './watched.ts';

const ROTATE =
  'aws secretsmanager rotate-secret --secret-id arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3 --region eu-central-1';
const DESCRIBE =
  'aws secretsmanager describe-secret --secret-id arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3 --region eu-central-1';
const LOOK = 'aws logs tail <LogGroup> --since 1d --region eu-central-1 --filter-pattern WARN';
const HEAD =
  'Rotation orders, secret arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3: ';
const TOPIC = { Ref: 'TopicBFC7AF6E' };

describe('the alarms of a rotation', () => {
  const template = watched();

  test('are one a step, three a database, two a mirror, those of the function and of the notice', () => {
    expect(alarmNames(template)).toEqual([
      'createSecret-failed',
      'setSecret-failed',
      'testSecret-failed',
      'finishSecret-failed',
      'CurrentRefused-orders-rds',
      'RestoreFailed-orders-rds',
      'LoginRefused-orders-rds',
      'CurrentRefused-orders-adb',
      'RestoreFailed-orders-adb',
      'LoginRefused-orders-adb',
      'OverlapShort-orders-adb',
      'MirrorLag-oci',
      'PruneFailed-oci',
      'FunctionError',
      'FunctionThrottled',
      'FunctionSlow',
      'AuditFailed',
      'CertificateEnds-orders-rds',
      'NoticeFailed',
    ]);
  });

  test('ring at the first failure, tell the topic, and say nothing when there is nothing', () => {
    expect(alarmNamed(template, 'setSecret-failed')).toMatchObject({
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
    });
    expect(alarmNamed(template, 'setSecret-failed')).not.toHaveProperty('OKActions');
  });

  test.each([
    ['createSecret-failed', { MetricName: 'StepFailed', Subject: 'createSecret' }],
    ['setSecret-failed', { MetricName: 'StepFailed', Subject: 'setSecret' }],
    ['testSecret-failed', { MetricName: 'StepFailed', Subject: 'testSecret' }],
    ['finishSecret-failed', { MetricName: 'StepFailed', Subject: 'finishSecret' }],
    ['CurrentRefused-orders-rds', { MetricName: 'CurrentRefused', Subject: 'orders-rds' }],
    ['RestoreFailed-orders-adb', { MetricName: 'RestoreFailed', Subject: 'orders-adb' }],
    ['LoginRefused-orders-rds', { MetricName: 'LoginRefused', Subject: 'orders-rds' }],
    ['OverlapShort-orders-adb', { MetricName: 'OverlapMs', Subject: 'orders-adb' }],
    ['MirrorLag-oci', { MetricName: 'MirrorLag', Subject: 'oci' }],
    ['PruneFailed-oci', { MetricName: 'PruneFailed', Subject: 'oci' }],
    ['AuditFailed', { MetricName: 'AuditFailed' }],
  ])('watch the metric that the function writes: %s', (name, metric) => {
    expect(ownMetric(alarmNamed(template, name))).toEqual(metric);
  });

  test.each([
    ['FunctionError', 'Errors', 'Sum', 1],
    ['FunctionThrottled', 'Throttles', 'Sum', 1],
    ['FunctionSlow', 'Duration', 'Maximum', 144_000],
  ])('watch what Lambda says: %s', (name, metric, statistic, threshold) => {
    expect(alarmNamed(template, name)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'RotationFunctionE559BCDB' } }],
      Statistic: statistic,
      Threshold: threshold,
    });
  });

  test('say which secret, which step, the state of each database and vault, the next command', () => {
    expect(textOf(alarmNamed(template, 'setSecret-failed'))).toBe(
      `${HEAD}setSecret failed: the new password is not set on every database.\n` +
        'State: AWSCURRENT opens orders-rds and orders-adb, except where CurrentRefused or RestoreFailed of one rings too. ' +
        'oci holds AWSCURRENT as CURRENT, except where MirrorLag of it rings too.\n' +
        `Next: do what the failure says (Look); Secrets Manager tries again by itself, or now with ${ROTATE}\n` +
        `Look: ${LOOK}`,
    );
    expect(textOf(alarmNamed(template, 'createSecret-failed'))).toContain(
      'State: this step changes no database; orders-rds and orders-adb accept what they accepted before. ' +
        'AWSCURRENT and CURRENT of oci have not moved.\n',
    );
  });

  test.each([
    ['CurrentRefused-orders-rds', 'orders-rds refuses AWSCURRENT, so applications', ROTATE],
    ['RestoreFailed-orders-rds', 'orders-rds was changed and could not be taken back', ROTATE],
    ['LoginRefused-orders-adb', 'orders-adb refused a login with a stored password.', DESCRIBE],
    ['OverlapShort-orders-adb', 'orders-adb keeps the old password for less than 12 h', ROTATE],
    ['MirrorLag-oci', 'oci was found to hold another version as CURRENT than', ROTATE],
    ['PruneFailed-oci', 'old versions of oci could not be scheduled for deletion.', DESCRIBE],
    ['FunctionError', 'the function ended in an error: a failed step, a refused', ROTATE],
    ['FunctionThrottled', 'Lambda did not run the function: the account has no', ROTATE],
    ['FunctionSlow', 'a step took more than 144 of its 180 seconds.', DESCRIBE],
    ['AuditFailed', 'something was done that the audit trail has no entry for.', DESCRIBE],
    ['NoticeFailed', 'a step failed, and the message that says why could not', ROTATE],
  ])('say what they mean and what to do: %s', (name, finding, command) => {
    const text = textOf(alarmNamed(template, name));

    expect(text.startsWith(`${HEAD}${finding}`)).toBe(true);
    expect(text).toContain(command);
    expect(text.endsWith(`\nLook: ${LOOK}`)).toBe(true);
  });

  test('are all short enough for CloudWatch, with the longest names there are', () => {
    const databases = Array.from({ length: 8 }, (_none, index) => ({
      ...oracle,
      name: `${'a'.repeat(62)}${index}`,
    }));
    const mirrors = Array.from({ length: 4 }, (_none, index) => ({
      ...mirror,
      name: `${'m'.repeat(62)}${index}`,
    }));
    // The function itself would not take so much configuration with CA files or test queries.
    const large = watched({ databases: databases.slice(0, 6), mirrors });

    const texts = Object.values(large.findResources('AWS::CloudWatch::Alarm')).map((alarm) =>
      textOf(alarm['Properties'] as Record<string, unknown>),
    );
    expect(texts).toHaveLength(41);
    for (const text of texts)
      expect(text.length).toBeLessThanOrEqual(1_024 - 128 + '<LogGroup>'.length);
  });

  test('watch the end of the old password only where Oracle ends it by itself', () => {
    const databases = [postgres, { ...oracle, overlap: 'off' as const }];

    expect(alarmNames(watched({ databases }))).not.toContain('OverlapShort-orders-adb');
  });

  test('watch for no undo where users alternate, because there is none', () => {
    const users: [string, string] = ['app_a', 'app_b'];
    const names = alarmNames(watched({ strategy: 'alternating-users', users }));

    expect(names.filter((name) => /^(RestoreFailed|OverlapShort)/.test(name))).toEqual([]);
    expect(names).toContain('CurrentRefused-orders-adb');
  });

  test('warn of an overlap that is too short by its least time', () => {
    expect(alarmNamed(template, 'OverlapShort-orders-adb')).toMatchObject({
      Statistic: 'Minimum',
      Threshold: 43_200_000,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('are none where nobody is to be told', () => {
    const silent = watched({ alarms: undefined });

    silent.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    silent.resourceCountIs('AWS::SNS::Topic', 0);
    silent.resourceCountIs('AWS::Events::Rule', 0);
    silent.resourceCountIs('AWS::Lambda::Function', 2);
  });

  test('tell the mailboxes by a topic that only they may publish to, with TLS', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'database-team@example.com',
      TopicArn: TOPIC,
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Sid: 'AllowPublishThroughSSLOnly',
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Sid: 'AllowAlarmsOfThisRotation',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: TOPIC,
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: {
                'aws:SourceArn':
                  'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:lockstep-orders-*',
              },
            },
          },
        ],
      },
    });
  });

  test('use the key of the topic for the topic only', () => {
    const topicKmsKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/topic';
    const encrypted = watched({ alarms: { ...alarms, topicKmsKeyArn } });

    encrypted.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: topicKmsKeyArn });
    encrypted.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Principal: { Service: 'events.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              { Sid: 'Tell', Action: 'sns:Publish', Resource: TOPIC },
              {
                Sid: 'UseKeyOfTopic',
                Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
                Resource: topicKmsKeyArn,
                Condition: {
                  StringEquals: {
                    'kms:ViaService': 'sns.eu-central-1.amazonaws.com',
                    'kms:EncryptionContext:aws:sns:topicArn': TOPIC,
                  },
                },
              },
            ],
          },
        },
      ],
    });
  });
});
