import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService as Service,
  type ISecurityGroup,
  type IVpc,
  Port,
  SecurityGroup,
  type SubnetSelection,
  VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint as InboundOnly,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

const SERVICES = {
  secretsmanager: Service.SECRETS_MANAGER,
  ssm: Service.SSM,
  s3: Service.S3,
  kms: Service.KMS,
  sts: Service.STS,
} as const;

/** A service of AWS that a rotation function may call. */
export type EndpointService = keyof typeof SERVICES;

export interface InterfaceEndpointsProps {
  readonly services: readonly EndpointService[];

  /** The VPC. It takes one endpoint with private names of each service, and everything in it then uses that one. */
  readonly vpc: IVpc;

  readonly subnets: SubnetSelection;

  /** Who may call the services: the function's own security groups. */
  readonly callers: readonly ISecurityGroup[];
}

/**
 * The way to AWS's services in a VPC without a way out. The function needs Secrets Manager, S3, SSM or KMS,
 * whichever has the key of its audit trail, and STS for federated access to OCI; the rest of its way, to OCI and to the
 * Autonomous Database, is not one that an endpoint can give.
 */
export class InterfaceEndpoints extends Construct {
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const { vpc, subnets } = props;
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Interface endpoints of AWS services, for the rotation function.',
      allowAllOutbound: false,
    });
    for (const caller of props.callers) {
      this.securityGroup.addIngressRule(caller, Port.HTTPS, 'HTTPS from the rotation function');
    }
    for (const service of new Set(props.services)) {
      new InterfaceVpcEndpoint(this, service, {
        vpc,
        subnets,
        service: SERVICES[service],
        securityGroups: [this.securityGroup],
        open: false,
        privateDnsEnabled: true,
        // Without it S3 wants a gateway endpoint too before it gives the endpoint a private name.
        ...(service === 's3' && {
          privateDnsOnlyForInboundResolverEndpoint: InboundOnly.ALL_RESOLVERS,
        }),
      });
    }
  }
}
