import type { Template } from 'aws-cdk-lib/assertions';
import type { RotationEntry } from '../../../config/rotations-file.ts';
import { alarms, orders, templateOf } from '../orders.ts';

/** The template of a rotation with alarms. */
export function watched(settings: Partial<RotationEntry> = {}): Template {
  return templateOf({ ...orders, alarms, ...settings });
}

/** The names of all alarms, without what is the same for all of a rotation. */
export function alarmNames(template: Template): readonly string[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map((resource) => {
    const { AlarmName } = resource['Properties'] as { readonly AlarmName: string };
    return AlarmName.replace(/^lockstep-orders-/, '');
  });
}

/** The properties of an alarm of `orders`. */
export function alarmNamed(template: Template, name: string): Readonly<Record<string, unknown>> {
  const found = Object.values(
    template.findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmName: `lockstep-orders-${name}` },
    }),
  );
  const [alarm] = found;
  if (alarm === undefined || found.length > 1) throw new Error(`expected one alarm ${name}`);
  return alarm['Properties'] as Record<string, unknown>;
}

/** What an alarm says, with `<LogGroup>` where the deployment fills in the name of the function's log group. */
export function textOf(alarm: Readonly<Record<string, unknown>>): string {
  return filledIn(alarm['AlarmDescription']);
}

/** A text of the template with `<LogGroup>` where the deployment fills in the name of the function's log group. */
export function filledIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { readonly 'Fn::Join': [string, (string | object)[]] };
  return join[1]
    .map((part) => {
      if (typeof part === 'string') return part;
      const { Ref } = part as { readonly Ref?: string };
      return Ref === 'RotationFunctionLog35BA0598' ? '<LogGroup>' : JSON.stringify(part);
    })
    .join('');
}

/** The metric of an alarm, without the dimensions that are the same for all of the function's own metrics. */
export function ownMetric(alarm: Readonly<Record<string, unknown>>): object {
  const { Namespace, MetricName, Dimensions } = alarm as {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  };
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const { service, Rotation, ...rest } = dimensions;
  if (Namespace !== 'Lockstep' || service !== 'lockstep' || Rotation !== 'orders') {
    throw new Error(`expected a metric of rotation orders, found ${JSON.stringify(alarm)}`);
  }
  return { MetricName, ...rest };
}
