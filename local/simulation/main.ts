import { readArguments } from '../read-arguments.ts';
import { readOptions, USAGE } from './options.ts';

const options = readArguments(readOptions, USAGE);
if (options.wantsHelp) {
  process.stdout.write(USAGE);
} else {
  // Loaded here: the usage is there at once.
  const { runSimulation } = await import('./command.ts');
  await runSimulation(options);
}
