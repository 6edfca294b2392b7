import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [--quick] [--secrets <n,…>] [--json] [--node <path>]

Measures what the function costs: the size of its code, a fresh start and its memory, a whole rotation at 0, 20, 40 and 80 ms
round trips, a step that finds nothing to do, and many secrets rotated at once. PostgreSQL is real, all else a stand-in on the
loopback address. Ratios are of one run; absolute times are this machine's. docs/BENCHMARKS.md says what each figure means.

  --quick        fewer runs, for a look; half an hour or more if left out
  --secrets <n>  how many secrets are rotated at once, with commas between              [1,10,100,1000; quick: 1,10]
  --json         print one JSON object on standard output; everything else goes to standard error
  --node <path>  run the function with this Node; Lambda's own version if .cache/node-24 has it, else this one
  --help         this text

Example: npm run --silent bench -- --quick --json

Exit status: 0 measured, 1 something could not be measured, 2 wrong arguments.
`;

export interface BenchArguments {
  readonly isHelp: boolean;
  readonly isQuick: boolean;
  readonly isJson: boolean;
  readonly nodePath: string | undefined;
  readonly secrets: readonly number[] | undefined;
}

/** @throws {TypeError} for an argument that there is not, {RangeError} for numbers that are none */
export function readBenchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false, short: 'h' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      node: { type: 'string' },
      secrets: { type: 'string' },
    },
  });
  const { help: isHelp, quick: isQuick, json: isJson, node: nodePath } = values;
  const secrets = values.secrets?.split(',').map(Number);
  if (secrets?.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new RangeError(`--secrets expects numbers such as 1,10, not "${values.secrets}"`);
  }
  return { isHelp, isQuick, isJson, nodePath, secrets };
}
