import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledgement.ts';

/** EC2 takes no resource for these. */
const LOOK = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
const MANAGE = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * What the role of a function in a VPC must be allowed, so that Lambda can give it network interfaces; the function's own
 * code is denied the same, by the key with which Lambda marks the calls of code.
 *
 * Lambda names no interface beforehand, and its developer guide asks for all resources of the region where one is not
 * named; a subnet that is shared with this account carries the account of its owner.
 */
export function vpcPermissions(
  role: Construct,
  { functionArn }: { readonly functionArn: string },
): readonly PolicyStatement[] {
  const { partition, region } = Stack.of(role);
  const anyOfRegion = `arn:${partition}:ec2:${region}:*:*/*`;
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'EC2 takes no resource for describing network interfaces and subnets. The code is denied both.',
  );
  acknowledgeWildcard(
    role,
    anyOfRegion,
    'Lambda needs all resources of the region to give the function its network interfaces. The code is denied it.',
  );
  return [
    new PolicyStatement({ sid: 'LookAtVpc', actions: LOOK, resources: ['*'] }),
    new PolicyStatement({ sid: 'JoinVpc', actions: MANAGE, resources: [anyOfRegion] }),
    new PolicyStatement({
      sid: 'DenyVpcToCode',
      effect: Effect.DENY,
      actions: [...MANAGE, ...LOOK],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}
