import type { Finding } from '../../lambda/inspection/finding.ts';
import { callInspector } from '../inspector-call.ts';
import { look, type Account } from './account.ts';

/** What the inspector finds. Where it cannot be asked, that is a finding, and says no less of the account. */
export async function askInspector(account: Account): Promise<readonly Finding[]> {
  const { lambda, target } = account;
  const subject = `lockstep_inspector-${target.name}`;
  const about = { check: 'inspector', subject, right: `lambda:InvokeFunction on ${subject}` };
  return await look(account, about, async () => {
    const { findings } = await callInspector(lambda, target.name, { inspection: 'doctor' });
    return findings;
  });
}
