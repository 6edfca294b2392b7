import { alarms, onlyResource } from '../orders.ts';
import { filledIn, watched } from './watched.ts';

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: object;
  };
}

describe('the dashboard of a rotation', () => {
  const template = watched({
    alarms: { ...alarms, dashboard: true },
    schedule: { expression: 'rate(30 days)' },
  });
  const { Properties } = onlyResource(template, 'AWS::CloudWatch::Dashboard');
  // Of what the deployment fills in, nothing is looked at: the quotes of its references would not be JSON.
  const body = filledIn(Properties['DashboardBody']).replaceAll(
    /\{"(Ref|Fn::GetAtt)":[^}]+\}/g,
    'known on deployment',
  );
  const { widgets } = JSON.parse(body) as { readonly widgets: readonly Widget[] };

  function widget(title: string): Widget['properties'] {
    const found = widgets.find(({ properties }) => properties.title === title);
    if (found === undefined) throw new Error(`expected a widget "${title}"`);
    return found.properties;
  }

  /** The names and subjects of the metrics in a widget. */
  function metricsOf(title: string): readonly string[] {
    return (widget(title).metrics ?? []).map(([, name, ...dimensions]) => {
      const subject = dimensions.indexOf('Subject');
      return subject < 0 ? String(name) : `${String(name)} ${String(dimensions[subject + 1])}`;
    });
  }

  test('is named after the rotation and shows these widgets', () => {
    expect(Properties['DashboardName']).toBe('lockstep-orders');
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      undefined,
      'Alarms',
      'Steps that succeeded',
      'Steps that failed',
      'Failures by kind',
      'Duration of a step (ms)',
      'Refused logins',
      'AWSCURRENT refused',
      'Failed undo',
      'Mirror lag',
      'Age of the secret (ms)',
      'Function',
      'Days until a certificate ends',
      'Last failures',
    ]);
  });

  test.each([
    [
      'Steps that succeeded',
      [
        'StepSucceeded createSecret',
        'StepSucceeded setSecret',
        'StepSucceeded testSecret',
        'StepSucceeded finishSecret',
      ],
    ],
    [
      'Steps that failed',
      [
        'StepFailed createSecret',
        'StepFailed setSecret',
        'StepFailed testSecret',
        'StepFailed finishSecret',
      ],
    ],
    ['Refused logins', ['LoginRefused orders-rds', 'LoginRefused orders-adb']],
    ['AWSCURRENT refused', ['CurrentRefused orders-rds', 'CurrentRefused orders-adb']],
    ['Failed undo', ['RestoreFailed orders-rds', 'RestoreFailed orders-adb']],
    ['Mirror lag', ['MirrorLag oci']],
    ['Age of the secret (ms)', ['SecretAgeMs']],
    ['Days until a certificate ends', ['CertificateDaysLeft orders-rds']],
    ['Function', ['Errors', 'Throttles', 'AuditFailed']],
  ])('shows the metrics of: %s', (title, metrics) => {
    expect(metricsOf(title)).toEqual(metrics);
  });

  test('finds the kinds of failures by a search, because they are many', () => {
    expect(widget('Failures by kind').metrics).toEqual([
      [
        {
          expression:
            `SEARCH('{Lockstep,Rotation,Subject,service} MetricName="StepFailed" Rotation="orders"` +
            ' NOT Subject="createSecret" NOT Subject="setSecret" NOT Subject="testSecret" NOT Subject="finishSecret"' +
            ' NOT Subject="revoke" NOT Subject="retire" NOT Subject="watch"' +
            ` NOT Subject="clear-refusals" NOT Subject="rehearse"', 'Sum', 300)`,
        },
      ],
    ]);
  });

  test('draws the age at which the secret is too old', () => {
    expect(widget('Age of the secret (ms)').annotations).toEqual({
      horizontal: [{ value: 2_678_400_000, label: 'too old', yAxis: 'left' }],
    });
  });

  test('shows the state of every alarm, and the last failures of the log', () => {
    expect(widget('Alarms').alarms).toHaveLength(20);
    expect(widget('Last failures').query).toContain('filter message = "step.failed"');
  });
});
