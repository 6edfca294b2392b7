import { parseArgs } from 'node:util';
import { STRATEGIES, type Strategy } from './strategy.ts';

const ROTATIONS_DEFAULT = 20;
/** More would slow down what it measures: a login costs some ten milliseconds of a processor, on both sides together. */
const RATE_DEFAULT_HZ = 5;
const CACHE_DEFAULT_SECONDS = 2;
const LIMITS = {
  rotations: { least: 1, most: 200 },
  rate: { least: 1, most: 50 },
  cache: { least: 0.2, most: 60 },
} as const;

const NAMES = STRATEGIES.map(({ name }) => name).join(', ');

export const USAGE = `npm run probe -- [--strategy <name>]… [--rotations <n>] [--rate <hz>] [--cache <seconds>] [--json] [--node <path>]

Measures the window: how long new logins are refused while a password rotates. A process of its own connects at a fixed
rate, whatever the answers (an open loop); each time it takes the password of AWSCURRENT, opens a new TLS connection to
each database, runs a statement and closes. Every other rotation has a fault in it: a crash after a step, setSecret twice,
an abandoned rotation. PostgreSQL, MySQL and MariaDB are real, the Oracle server is a stand-in.

Applications: uncached reads the password before every login; cached keeps it for --cache seconds; refresh keeps it until
a login is refused, then reads again and tries once more. With overlap a password ends with the rotation after the one
that replaced it, so a cache must be shorter than the time between rotations; here the next one waits for the caches.

  --strategy <name>  one of ${NAMES};
                     may be repeated; all if left out
  --rotations <n>    for each strategy; ${ROTATIONS_DEFAULT} if left out
  --rate <hz>        logins a second of each application at each database; ${RATE_DEFAULT_HZ} if left out
  --cache <seconds>  of the cached application; ${CACHE_DEFAULT_SECONDS} if left out
  --json             print one JSON object on standard output; everything else goes to standard error
  --node <path>      run the function with this Node, for example Lambda's own version
  --help             this text

Exit status: 0 every promise was kept, 1 one was not or could not be measured, 2 wrong arguments, 130 interrupted.
`;

export interface ProbeArguments {
  readonly isHelp: boolean;
  readonly isJson: boolean;
  readonly strategies: readonly Strategy[];
  readonly rotations: number;
  readonly intervalMs: number;
  readonly cacheMs: number;
  readonly nodePath: string | undefined;
}

/** @throws {Error} with a message for whoever called it */
export function parseProbeArguments(args: readonly string[]): ProbeArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      strategy: { type: 'string', multiple: true, default: [] },
      rotations: { type: 'string', default: String(ROTATIONS_DEFAULT) },
      rate: { type: 'string', default: String(RATE_DEFAULT_HZ) },
      cache: { type: 'string', default: String(CACHE_DEFAULT_SECONDS) },
      json: { type: 'boolean', default: false },
      node: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const rotations = numberOf('rotations', values.rotations);
  if (!Number.isInteger(rotations)) throw new Error('--rotations: expected a whole number');
  const unknown = values.strategy.find((name) => !STRATEGIES.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`--strategy ${unknown}: expected one of ${NAMES}`);
  const isChosen = ({ name }: Strategy): boolean =>
    values.strategy.length === 0 || values.strategy.includes(name);
  return {
    isHelp: values.help,
    isJson: values.json,
    strategies: STRATEGIES.filter(isChosen),
    rotations,
    intervalMs: 1_000 / numberOf('rate', values.rate),
    cacheMs: 1_000 * numberOf('cache', values.cache),
    nodePath: values.node,
  };
}

function numberOf(name: keyof typeof LIMITS, text: string): number {
  const { least, most } = LIMITS[name];
  const number = Number(text);
  if (text.trim() !== '' && number >= least && number <= most) return number;
  throw new Error(`--${name} ${text}: expected a number from ${least} to ${most}`);
}
