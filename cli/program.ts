import { Command } from 'commander';
import { adoptCommand } from './commands/adopt.ts';
import { auditCommand } from './commands/audit.ts';
import { bootstrapCommand } from './commands/bootstrap.ts';
import { clearRefusalsCommand } from './commands/clear-refusals.ts';
import { configCommand } from './commands/config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { policyCommand } from './commands/policy.ts';
import { recoverCommand } from './commands/recover.ts';
import { revokeCommand } from './commands/revoke.ts';
import { rotateCommand } from './commands/rotate.ts';
import { statusCommand } from './commands/status.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { CommandMaker, Session } from './session.ts';

const COMMANDS: readonly CommandMaker[] = [
  statusCommand,
  doctorCommand,
  recoverCommand,
  adoptCommand,
  rotateCommand,
  revokeCommand,
  clearRefusalsCommand,
  auditCommand,
  bootstrapCommand,
  policyCommand,
  configCommand,
];

/** The whole command line: every command, with what all of them have in common. */
export function makeProgram(session: Session): Command {
  const program = new Command('lockstep')
    .description(
      "Rotates one database password in step, on AWS and OCI; this is its operator's tool.",
    )
    .addHelpText('after', exitCodes());
  for (const make of COMMANDS) program.addCommand(make(session));
  const { stdout, stderr } = session.world;
  for (const command of withSubcommands(program)) {
    if (command.commands.length === 0) {
      command.option('--json', 'print one JSON object on standard output');
    }
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // What is wrong with the arguments, `run` says.
      outputError: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 100,
      getOutHasColors: () => false,
    });
  }
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function exitCodes(): string {
  const lines = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`,
  );
  return `\nExit status:\n${lines.join('\n')}`;
}
