import { Annotations } from 'aws-cdk-lib';
import {
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { RotationEntry } from '../config/rotations-file.ts';
import { SynthesisError } from './synthesis-error.ts';

export type VpcIds = NonNullable<RotationEntry['vpc']>;

/** What a function needs of a network, none of it looked up in an account. */
export interface VpcByIds {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
}

/**
 * Takes a VPC, its subnets and security groups as they are named: synthesis asks no account for them and needs no
 * credentials.
 *
 * @throws SynthesisError when the availability zones have unequal numbers of subnets, which the CDK cannot tell apart
 */
export function vpcByIds(
  scope: Construct,
  { name, vpc }: { readonly name: string; readonly vpc: VpcIds },
): VpcByIds {
  if (vpc.subnetIds.length % vpc.availabilityZones.length !== 0) {
    throw new SynthesisError(
      `rotation "${name}": give each availability zone of its VPC the same number of subnets`,
    );
  }
  const imported = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: vpc.vpcId,
    availabilityZones: vpc.availabilityZones,
    privateSubnetIds: vpc.subnetIds,
  });
  // Only the ids of the subnets are used.
  Annotations.of(imported).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return {
    vpc: imported,
    vpcSubnets: { subnets: imported.privateSubnets },
    securityGroups: vpc.securityGroupIds.map((groupId) =>
      SecurityGroup.fromSecurityGroupId(scope, groupId, groupId, { mutable: false }),
    ),
  };
}
