import { Command } from 'commander';
import type { Session } from '../session.ts';
import { auditListCommand } from './audit-list.ts';
import { auditReportCommand } from './audit-report.ts';
import { auditVerifyCommand } from './audit-verify.ts';

export function auditCommand(session: Session): Command {
  return new Command('audit')
    .description('Commands about the audit trail of a rotation.')
    .addCommand(auditVerifyCommand(session))
    .addCommand(auditListCommand(session))
    .addCommand(auditReportCommand(session));
}
