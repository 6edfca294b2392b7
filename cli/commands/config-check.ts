import path from 'node:path';
import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

export function configCheckCommand(session: Session): Command {
  return new Command('check')
    .description('Checks rotations.json as synthesis would, without an account.')
    .argument('[file]', 'the file of rotations', 'rotations.json')
    .addHelpText('after', '\nExample:\n  $ lockstep config check rotations.json')
    .action(session.action((file: string) => checkConfig(session, file)));
}

async function checkConfig(session: Session, file: string): Promise<Outcome> {
  session.progress.begin(`checking ${file}`);
  const { checkRotationsFile } = await import('../config-check.ts');
  const { world, colours } = session;
  const { rotationNames, findings } = checkRotationsFile(path.resolve(world.folder, file), {
    nowMs: world.clock.now(),
  });
  const isGood = findings.every(({ severity }) => severity === 'warning');
  const signs = { failure: colours.red('✖'), warning: colours.yellow('!') };
  const lines = findings.map(
    ({ severity, place, message }) => `${signs[severity]} ${colours.bold(place)}: ${message}`,
  );
  const conclusion = isGood
    ? `${colours.green('✔')} ${file}: ${rotationNames.join(', ')} can be synthesised`
    : `${file} cannot be deployed like this`;
  return {
    ending: isGood ? 'fine' : 'failed',
    json: { ok: isGood, file, rotations: rotationNames, findings },
    text: [...lines, conclusion].join('\n'),
  };
}
