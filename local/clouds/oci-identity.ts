import type { AwsServer } from '../aws/aws-server.ts';
import { publicKeyEndpoint } from '../aws/sts-server.ts';
import type { FaultPlan } from '../faults.ts';
import { startIdentityDomain, type IdentityDomainServer } from '../oci/identity-domain-server.ts';
import { IdentityDomain } from '../oci/identity-domain.ts';

export const OCI_AUDIENCE = 'urn:lockstep:oci';
export const OAUTH_CLIENT_ID = 'lockstep-client';
const SERVICE_USER = 'lockstep-service-user';

/** OCI's identity domain, which trusts the AWS account beside it. */
export interface OciIdentity {
  readonly domain: IdentityDomain;
  readonly server: IdentityDomainServer;
}

/** Starts a domain with what its administrator would have made: the application, the service user and the trust. */
export async function startOciIdentity(options: {
  readonly aws: Pick<AwsServer, 'urls' | 'webIdentity'>;
  readonly clientSecret: string;
  readonly faults: FaultPlan;
  /** @default Date.now */
  readonly now?: () => number;
}): Promise<OciIdentity> {
  const { aws, clientSecret, faults, now = Date.now } = options;
  const domain = new IdentityDomain({
    now,
    clients: new Map([[OAUTH_CLIENT_ID, clientSecret]]),
    trusts: [
      {
        issuer: aws.webIdentity.issuer,
        publicKeyEndpoint: publicKeyEndpoint(aws.urls.sts),
        oauthClients: [OAUTH_CLIENT_ID],
        clientClaimValues: [OCI_AUDIENCE],
        impersonationServiceUsers: [
          { rule: `sub eq ${aws.webIdentity.roleArn}`, value: SERVICE_USER },
        ],
      },
    ],
  });
  return { domain, server: await startIdentityDomain(domain, { faults }) };
}
