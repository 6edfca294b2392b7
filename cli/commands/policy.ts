import { Command } from 'commander';
import type { Session } from '../session.ts';
import { policyAwsCommand } from './policy-aws.ts';
import { policyOciCommand } from './policy-oci.ts';

export function policyCommand(session: Session): Command {
  return new Command('policy')
    .description('Prints the least policies that a rotation needs.')
    .addCommand(policyAwsCommand(session))
    .addCommand(policyOciCommand(session));
}
