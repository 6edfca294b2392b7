import { ok, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import { look, type Account } from './account.ts';

const CHECK = 'audit-chain';

/** The whole trail, as `lockstep audit verify` reads it. Needs the rights of that command. */
export async function auditChain(account: Account): Promise<readonly Finding[]> {
  const { session, target } = account;
  const subject = 'audit trail';
  const about = { check: CHECK, subject, right: 'what audit verify needs' };
  return await look(account, about, async () => {
    const { verifyTrailOf } = await import('../audit/read-trail.ts');
    const { report } = await verifyTrailOf(session, target);
    const { isIntact, entryCount, findings, findingCount } = report;
    if (isIntact) return [ok(CHECK, subject, `all ${entryCount} entries hold together`)];
    const [first] = findings;
    return [
      wrong('failure', {
        check: CHECK,
        subject,
        found: `it does not hold: ${findingCount === 1 ? 'one finding' : `${findingCount} findings, the first`}: ${first?.message ?? ''}`,
        remedy: `lockstep audit verify ${target.name} names every entry; find out who could write to the bucket`,
      }),
    ];
  });
}
