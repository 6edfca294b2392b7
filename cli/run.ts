import { CommanderError } from 'commander';
import { toCommandError } from './error-report.ts';
import { EXIT_CODES } from './exit-code.ts';
import { makeProgram } from './program.ts';
import { Session } from './session.ts';
import type { World } from './world.ts';

/** What commander throws after it has printed the help that was asked for. */
const HELP_SHOWN = ['commander.helpDisplayed', 'commander.help', 'commander.version'];

/**
 * Runs one call of the command line. Never rejects.
 *
 * @param args without the name of the program
 * @returns the exit status
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  const session = new Session(world, { isJson: args.includes('--json') });
  try {
    await makeProgram(session).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && HELP_SHOWN.includes(error.code)) {
      return EXIT_CODES[error.exitCode === 0 ? 'fine' : 'usage'].code;
    }
    session.refuse(toCommandError(error, session.redactor));
  }
  return session.exitCode;
}
