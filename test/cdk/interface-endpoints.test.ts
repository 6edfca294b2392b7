import { Match } from 'aws-cdk-lib/assertions';
import { onlyResource, orders, templateOf, vpc } from './orders.ts';

const GROUP_ID = {
  'Fn::GetAtt': ['RotationEndpointsSecurityGroup348B88CD', 'GroupId'],
};

describe('the interface endpoints', () => {
  const template = templateOf({
    ...orders,
    vpc: { ...vpc, interfaceEndpoints: ['secretsmanager', 'ssm', 's3', 'ssm'] },
  });

  test.each([
    ['secretsmanager', Match.absent()],
    ['ssm', Match.absent()],
    // Without a gateway endpoint S3 gives no private name otherwise.
    ['s3', { PrivateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' }],
  ])('is made in the subnets of the function: %s', (service, dnsOptions) => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: `com.amazonaws.eu-central-1.${service}`,
      VpcEndpointType: 'Interface',
      VpcId: 'vpc-0123abcd',
      SubnetIds: ['subnet-0123aaaa', 'subnet-0123bbbb'],
      SecurityGroupIds: [GROUP_ID],
      PrivateDnsEnabled: true,
      DnsOptions: dnsOptions,
    });
  });

  test('are no more than those that are named, each once', () => {
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 3);
    templateOf({ ...orders, vpc }).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  test('let in HTTPS from the function and nothing else, and nothing out', () => {
    expect(onlyResource(template, 'AWS::EC2::SecurityGroup').Properties).toMatchObject({
      VpcId: 'vpc-0123abcd',
      SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }],
    });
    expect(onlyResource(template, 'AWS::EC2::SecurityGroupIngress').Properties).toEqual({
      Description: 'HTTPS from the rotation function',
      GroupId: GROUP_ID,
      SourceSecurityGroupId: 'sg-0123abcd',
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
    });
  });
});
