import { alarms, orders } from '../orders.ts';
import { alarmNamed, alarmNames, ownMetric, textOf, watched } from './watched.ts';

const copyTo = {
  ociObjectStorage: { mirror: 'oci', namespace: 'axexample', bucket: 'lockstep-audit' },
};

describe('the alarm on copies of the audit trail', () => {
  const audit = { ...orders.audit, copyTo };
  // Nothing else would need the hourly call.
  const databases = orders.databases.map((database) => ({ ...database, trust: 'system' as const }));
  const template = watched({ audit, databases });
  const alarm = alarmNamed(template, 'AuditCopyFailed');

  test('rings at the first copy that fails, once, and stays until none is missing', () => {
    expect(ownMetric(alarm)).toEqual({ MetricName: 'AuditCopyFailed' });
    expect(alarm).toMatchObject({
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    });
  });

  test('comes with the hourly call that makes up for copies', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Input: '{"operation":"watch"}' }],
    });
  });

  test('says what it means and how to compare', () => {
    expect(textOf(alarm)).toContain(
      'an entry of the audit trail has no copy in OCI, or another one.\nState: the trail itself, in S3, is complete',
    );
    expect(textOf(alarm)).toContain('npx lockstep audit verify orders --copies <folder>');
  });

  test('is none, and no hourly call, where nothing is copied', () => {
    const plain = watched({ alarms, databases });

    expect(alarmNames(plain)).not.toContain('AuditCopyFailed');
    const rules = plain.findResources('AWS::Events::Rule', {
      Properties: { ScheduleExpression: 'rate(1 hour)' },
    });
    expect(rules).toEqual({});
  });
});
