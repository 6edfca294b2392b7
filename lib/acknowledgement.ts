import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Acknowledges one finding of cdk-nag's AwsSolutions pack on a construct and all below it. The reason stands beside what
 * causes the finding, so that who changes the one reads the other.
 *
 * @param finding the rule, with the finding in brackets where the rule has several: `AwsSolutions-IAM5[Resource::*]`
 */
export function acknowledge(construct: Construct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason });
}

/** Acknowledges that a policy names this ARN, which ends in a wildcard. */
export function acknowledgeWildcard(construct: Construct, arn: string, reason: string): void {
  const resolved: unknown = Stack.of(construct).resolve(arn);
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${flatten(resolved)}]`, reason);
}

/** As cdk-nag writes a reference in the name of a finding: `<LogicalId.Arn>`, `<AWS::Region>`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isIntrinsic(value, 'Ref')) return `<${String(value.Ref)}>`;
  if (isIntrinsic(value, 'Fn::GetAtt')) return `<${(value['Fn::GetAtt'] as string[]).join('.')}>`;
  if (isIntrinsic(value, 'Fn::Join')) {
    const [delimiter, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(flatten).join(delimiter);
  }
  throw new Error(`cannot name ${JSON.stringify(value)} in the name of a finding`);
}

function isIntrinsic<Name extends string>(
  value: unknown,
  name: Name,
): value is Readonly<Record<Name, unknown>> {
  return typeof value === 'object' && value !== null && name in value;
}
