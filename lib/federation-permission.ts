import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { acknowledge } from './acknowledgement.ts';

/** As the function asks for its tokens; a token that lives longer or is signed otherwise is not given to it. */
const LIFETIME_SECONDS_MAX = 300;
const ALGORITHM = 'RS256';

/**
 * What the role must be allowed so that AWS vouches for it: tokens for the audiences of mirrors with federated access,
 * and for no other. Nothing where no mirror has it.
 *
 * Without the `Null` guard, `ForAllValues` is true of a request that names no audience (IAM, set operators).
 */
export function federationPermission(
  role: Construct,
  mirrors: readonly OciVaultConfig[],
): readonly PolicyStatement[] {
  const audiences = new Set(
    mirrors.flatMap(({ auth }) => (auth.type === 'federated' ? [auth.audience] : [])),
  );
  if (audiences.size === 0) return [];
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'STS takes no resource for GetWebIdentityToken. Audience, lifetime and algorithm are bound by conditions.',
  );
  return [
    new PolicyStatement({
      sid: 'ProveItselfToOci',
      actions: ['sts:GetWebIdentityToken'],
      resources: ['*'],
      conditions: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [...audiences] },
        Null: { 'sts:IdentityTokenAudience': 'false' },
        NumericLessThanEquals: { 'sts:DurationSeconds': LIFETIME_SECONDS_MAX },
        StringEquals: { 'sts:SigningAlgorithm': ALGORITHM },
      },
    }),
  ];
}
