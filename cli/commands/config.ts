import { Command } from 'commander';
import type { Session } from '../session.ts';
import { configCheckCommand } from './config-check.ts';

export function configCommand(session: Session): Command {
  return new Command('config')
    .description('Commands about rotations.json.')
    .addCommand(configCheckCommand(session));
}
