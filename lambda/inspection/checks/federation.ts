import type { Examination, SignInExamination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'federation';

/**
 * Whether AWS vouches for the function, and OCI lets it in for that. The inspector has a role of its own: that AWS vouches
 * is true of the account and so of both; whether OCI knows the role is a matter of a rule for each.
 */
export function federation({ signIns }: Examination): readonly Finding[] {
  return signIns.map(findingOf);
}

function findingOf({ subject, claims, exchange }: SignInExamination): Finding {
  if (claims.error !== undefined) {
    const { finding: found, remedy } = reasonOf(claims.error);
    return wrong('failure', { check: CHECK, subject, found, remedy });
  }
  const { issuer, role, audience } = claims.value;
  const vouched = `AWS vouches for ${role} to ${audience}, as ${issuer}`;
  if (exchange.error === undefined) {
    return ok(CHECK, subject, `${vouched}, and OCI lets it in`);
  }
  const { finding, remedy } = reasonOf(exchange.error);
  return unchecked(CHECK, subject, {
    finding: `${vouched}; ${finding}. Whether OCI lets the rotation function in, whose role is another one, cannot be told by that`,
    remedy: `give the trust a rule for "sub eq ${role}" (docs/OCI.md, step 6), and compare issuer and audience; or ${remedy}`,
  });
}
