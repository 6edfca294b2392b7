import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DatabaseConfig } from '../../config/database-config.ts';
import type { PasswordRotation } from '../password-rotation.ts';
import { operatorCommands } from './operator-commands.ts';
import type { RotationAlarms } from './rotation-alarms.ts';
import {
  type MetricName,
  OPERATIONS,
  rotationMetric,
  searchBySubject,
  STEPS,
} from './rotation-metrics.ts';

const WIDTH = 12;
const FULL_WIDTH = 24;

export interface RotationDashboardProps {
  readonly rotation: PasswordRotation;

  /** Its alarms, whose state stands on top. */
  readonly alarms: RotationAlarms;
}

/** One page for one rotation: what rings, how each step ends, what each database and vault said, what failed last. */
export class RotationDashboard extends Construct {
  readonly dashboard: Dashboard;
  readonly #rotation: PasswordRotation;

  constructor(scope: Construct, id: string, { rotation, alarms }: RotationDashboardProps) {
    super(scope, id);
    this.#rotation = rotation;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `lockstep-${rotation.rotationName}`,
      // Rotations are rare: in a shorter time there is mostly nothing to see.
      defaultInterval: Duration.days(35),
    });
    this.dashboard.addWidgets(this.#words());
    this.dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.alarms], width: FULL_WIDTH }),
    );
    this.dashboard.addWidgets(
      this.#graph('Steps that succeeded', this.#bySubject('StepSucceeded', STEPS)),
      this.#graph('Steps that failed', this.#bySubject('StepFailed', STEPS)),
    );
    this.dashboard.addWidgets(
      this.#graph('Failures by kind', [this.#kindsOfFailure()]),
      this.#graph('Duration of a step (ms)', this.#bySubject('StepDurationMs', STEPS)),
    );
    const { databaseNames, mirrorNames } = rotation;
    this.dashboard.addWidgets(
      this.#graph('Refused logins', this.#bySubject('LoginRefused', databaseNames)),
      this.#graph('AWSCURRENT refused', this.#bySubject('CurrentRefused', databaseNames)),
    );
    this.dashboard.addWidgets(
      this.#graph('Failed undo', this.#bySubject('RestoreFailed', databaseNames)),
      this.#graph('Mirror lag', this.#bySubject('MirrorLag', mirrorNames)),
    );
    this.dashboard.addWidgets(this.#age(alarms.secretAgeMax), this.#function());
    const ending = rotation.databases.filter(({ trust }) => trust !== 'system');
    if (ending.length > 0) this.dashboard.addWidgets(this.#certificates(ending));
    this.dashboard.addWidgets(this.#lastFailures());
  }

  #words(): TextWidget {
    const { rotationName, secretArn } = this.#rotation;
    const { rotate } = operatorCommands(this, this.#rotation);
    return new TextWidget({
      markdown: `# ${rotationName}\n\nSecret \`${secretArn}\`. Rotate it now: \`${rotate}\``,
      width: FULL_WIDTH,
      height: 2,
    });
  }

  #bySubject(name: MetricName, subjects: readonly string[]): readonly IMetric[] {
    const { rotationName } = this.#rotation;
    return subjects.map((subject) =>
      rotationMetric(rotationName, { name, subject }).with({ label: subject }),
    );
  }

  /** Steps and operations are subjects of the same metric, and not kinds. */
  #kindsOfFailure(): IMetric {
    return new MathExpression({
      expression: searchBySubject(this.#rotation.rotationName, {
        name: 'StepFailed',
        except: [...STEPS, ...OPERATIONS],
      }),
      usingMetrics: {},
      label: '',
    });
  }

  #age(max: Duration | undefined): GraphWidget {
    const period = Duration.hours(1);
    const age = rotationMetric(this.#rotation.rotationName, { name: 'SecretAgeMs', period });
    return new GraphWidget({
      title: 'Age of the secret (ms)',
      left: [age],
      leftYAxis: { min: 0 },
      ...(max && { leftAnnotations: [{ value: max.toMilliseconds(), label: 'too old' }] }),
      width: WIDTH,
    });
  }

  #certificates(databases: readonly DatabaseConfig[]): GraphWidget {
    const { rotationName } = this.#rotation;
    const metrics = databases.map(({ name: subject }) =>
      rotationMetric(rotationName, {
        name: 'CertificateDaysLeft',
        subject,
        statistic: Stats.MINIMUM,
        period: Duration.hours(1),
      }).with({ label: subject }),
    );
    return this.#graph('Days until a certificate ends', metrics);
  }

  #function(): GraphWidget {
    const { function: rotationFunction } = this.#rotation;
    const audit = rotationMetric(this.#rotation.rotationName, { name: 'AuditFailed' });
    const copies = rotationMetric(this.#rotation.rotationName, { name: 'AuditCopyFailed' });
    return this.#graph('Function', [
      rotationFunction.metricErrors({ statistic: Stats.SUM }),
      rotationFunction.metricThrottles({ statistic: Stats.SUM }),
      audit,
      ...(this.#rotation.copiesAuditTrail ? [copies] : []),
    ]);
  }

  #graph(title: string, metrics: readonly IMetric[]): GraphWidget {
    return new GraphWidget({ title, left: [...metrics], leftYAxis: { min: 0 }, width: WIDTH });
  }

  #lastFailures(): LogQueryWidget {
    return new LogQueryWidget({
      title: 'Last failures',
      logGroupNames: [this.#rotation.logGroup.logGroupName],
      region: Stack.of(this).region,
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'fields @timestamp, step, error.name, error.message',
        'filter message = "step.failed"',
        'sort @timestamp desc',
        'limit 20',
      ],
      width: FULL_WIDTH,
    });
  }
}
