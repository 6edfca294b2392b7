import { alarms, oracle } from '../orders.ts';
import { alarmNamed, alarmNames, ownMetric, textOf, watched } from './watched.ts';

const MONTHLY = { expression: 'cron(0 3 1 * ? *)' };

describe('the alarm on the age of the secret', () => {
  const template = watched({ schedule: MONTHLY });
  const alarm = alarmNamed(template, 'SecretTooOld');

  test('rings after the longest gap of the schedule and a day', () => {
    expect(ownMetric(alarm)).toEqual({ MetricName: 'SecretAgeMs' });
    expect(alarm).toMatchObject({
      Statistic: 'Maximum',
      Threshold: 2_764_800_000,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('rings also when nothing tells the age for three hours', () => {
    expect(alarm).toMatchObject({
      Period: 3_600,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': ['RotationFunctionE559BCDB', 'Arn'] },
          Input: '{"operation":"watch"}',
        },
      ],
    });
  });

  test('tells when it begins and when it ends', () => {
    expect(alarm).toMatchObject({
      AlarmActions: [{ Ref: 'TopicBFC7AF6E' }],
      OKActions: [{ Ref: 'TopicBFC7AF6E' }],
    });
    expect(textOf(alarm)).toContain(
      'the secret was not rotated for 32 days, or nothing has told its age for 3 hours.',
    );
  });

  test('rings after as many days as are named, with or without a schedule', () => {
    const named = { alarms: { ...alarms, secretAgeDaysMax: 10 } };
    for (const settings of [named, { ...named, schedule: MONTHLY }]) {
      expect(alarmNamed(watched(settings), 'SecretTooOld')).toMatchObject({
        Threshold: 864_000_000,
      });
    }
  });

  test('is none where the secret is rotated on request only and no age is named', () => {
    // Certificates are told every hour too, where there are any.
    const silent = watched({ databases: [oracle] });

    expect(alarmNames(silent)).not.toContain('SecretTooOld');
    expect(
      Object.values(
        silent.findResources('AWS::Events::Rule', {
          Properties: { ScheduleExpression: 'rate(1 hour)' },
        }),
      ),
    ).toEqual([]);
  });
});
