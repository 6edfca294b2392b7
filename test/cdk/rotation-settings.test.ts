import { RotationEntry } from '../../config/rotations-file.ts';
import { orders, vpc } from './orders.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0123-abcd';
const TOPIC_ARN = 'arn:aws:sns:eu-central-1:111122223333:database-team';

/** What the refusal says of each place, or nothing. */
function refusalsOf(settings: object): readonly string[] {
  const { error } = RotationEntry.safeParse({ ...orders, ...settings });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the settings of a rotation around its function', () => {
  test('has a dashboard beside its alarms unless it is told otherwise', () => {
    expect(RotationEntry.parse({ ...orders, alarms: { topicArn: TOPIC_ARN } }).alarms).toEqual({
      topicArn: TOPIC_ARN,
      dashboard: true,
    });
  });

  test.each([
    ['a topic', { alarms: { topicArn: TOPIC_ARN, secretAgeDaysMax: 31, dashboard: false } }],
    ['a mailbox', { alarms: { emails: ['a@example.com'], topicKmsKeyArn: KEY_ARN } }],
    ['endpoints', { vpc: { ...vpc, interfaceEndpoints: ['secretsmanager', 'ssm', 's3'] } }],
    ['keys', { logKmsKeyArn: KEY_ARN, environmentKmsKeyArn: KEY_ARN }],
    ['the key of the trail', { audit: { ...orders.audit, bucketKmsKeyArn: KEY_ARN } }],
  ])('may name %s', (_case, settings) => {
    expect(refusalsOf(settings)).toEqual([]);
  });

  test.each([
    ['nobody is to be told', { alarms: {} }, 'alarms: either topicArn or emails'],
    [
      'a topic and a mailbox are to be told',
      { alarms: { topicArn: TOPIC_ARN, emails: ['a@example.com'] } },
      'alarms: either topicArn or emails',
    ],
    [
      'a topic of someone else is to be encrypted',
      { alarms: { topicArn: TOPIC_ARN, topicKmsKeyArn: KEY_ARN } },
      'alarms: topicKmsKeyArn is for the topic that is made for emails',
    ],
    [
      'the topic is a queue of one after the other',
      { alarms: { topicArn: `${TOPIC_ARN}.fifo` } },
      'alarms.topicArn: the ARN of a standard SNS topic',
    ],
    [
      'a mailbox is none',
      { alarms: { emails: ['team'] } },
      'alarms.emails.0: Invalid email address',
    ],
    [
      'the log has an alias for a key',
      { logKmsKeyArn: 'alias/log' },
      'logKmsKeyArn: the ARN of a KMS key',
    ],
  ])('fails when %s', (_case, settings, refusal) => {
    expect(refusalsOf(settings)).toContain(refusal);
  });

  test('fails when an endpoint is of a service that the function does not call', () => {
    expect(refusalsOf({ vpc: { ...vpc, interfaceEndpoints: ['ec2'] } })).toEqual([
      expect.stringMatching(/^vpc\.interfaceEndpoints\.0: /),
    ]);
  });
});
