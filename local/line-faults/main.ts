import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readArguments } from '../read-arguments.ts';
import { makeDisplay, type Display } from '../demo/display.ts';
import { KINDS, parseFault } from './fault.ts';
import { runFaults, type FaultsOptions } from './run-faults.ts';
import { SHAPES, without, type Shape } from './shape.ts';
import { Universe } from './universe.ts';
import { findMissingServers } from '../probe/available-servers.ts';
import { enginesOf } from '../clouds/topology.ts';

const USAGE = `npm run faults -- [--sample <n>] [--seed <s>] [--shape <name>] [--endpoint <name>]...
                  [--kind <kind>]... [--fault <fault>]... [--worlds <n>] [--dry-run] [--json]

Rotates on this machine, once for every fault. Between the function and each server, databases and clouds, stands a TCP
proxy that stops at every message: before it is passed on, and after it has taken effect. There the connection is cut,
falls silent or is delayed, or the function's process is killed. The service tries again; then real logins show whether
every promise holds. A full run takes about an hour, --sample 24 about a minute.

  --sample <n>       so many faults of all; no server crowds out another
  --seed <s>         chooses the sample, the order, and which points fall silent or are delayed; printed when left out
  --shape <name>     how passwords change: ${SHAPES.map(({ name }) => name).join(', ')}; default ${SHAPES[0].name}
  --endpoint <name>  only faults of this server: postgres, mysql, mariadb, oracle, secretsmanager, ssm, s3, oci
  --kind <kind>      only faults of this kind: ${KINDS.join(', ')}
  --fault <fault>    only this fault, for example kill@setSecret/postgres/2.5/after
  --worlds <n>       how many sets of clouds run side by side; default 2
  --dry-run          count the points of a rotation and stop
  --json             print one JSON object on standard output; the display goes to standard error
  --help             this text

Exit status: 0 every promise held, 1 one was broken or no fault struck, 2 wrong arguments, 130 interrupted.
`;

const SEEDS = 1_000_000;

let universe: Universe | undefined;
let display: Display | undefined;
let isInterrupted = false;

type Arguments = FaultsOptions & {
  readonly shape: Shape;
  readonly isJson: boolean;
  readonly isHelp: boolean;
};

function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sample: { type: 'string' },
      seed: { type: 'string', default: String(randomInt(SEEDS)) },
      shape: { type: 'string', default: SHAPES[0].name },
      endpoint: { type: 'string', multiple: true, default: [] },
      kind: { type: 'string', multiple: true, default: [] },
      fault: { type: 'string', multiple: true, default: [] },
      worlds: { type: 'string', default: '2' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const { sample } = values;
  return {
    seed: values.seed,
    sample: sample === undefined ? undefined : countIn(sample),
    shape: oneOf(values.shape, { of: SHAPES, by: ({ name }) => name }),
    endpoints: values.endpoint,
    kinds: values.kind.map((text) => oneOf(text, { of: KINDS, by: (kind) => kind })),
    faults: values.fault.map(parseFault),
    worlds: countIn(values.worlds),
    isDryRun: values['dry-run'],
    isJson: values.json,
    isHelp: values.help,
  };
}

function oneOf<Item>(
  text: string,
  { of: items, by: nameOf }: { of: readonly Item[]; by: (item: Item) => string },
): Item {
  const item = items.find((one) => nameOf(one) === text);
  if (item === undefined) throw new Error(`${text}: expected ${items.map(nameOf).join(', ')}`);
  return item;
}

function countIn(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`expected a number from 1: ${text}`);
  return Number(text);
}

async function main(): Promise<void> {
  const options = readArguments(parseArguments, USAGE);
  if (options.isHelp) {
    process.stdout.write(USAGE);
    return;
  }
  // The SDK's advice about this machine's Node is not about the faults.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  display = makeDisplay(options.isJson ? process.stderr : process.stdout);
  universe = await Universe.create(await available(options.shape, display));
  const result = await runFaults({ universe, display }, options);
  await universe.close();
  if (options.isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.isGood ? 0 : 1;
}

/** The shape without the databases that cannot be had here, which is said. */
async function available(shape: Shape, on: Display): Promise<Shape> {
  const missing = await findMissingServers(enginesOf(shape.topology), (what) => {
    on.note('servers', what);
  });
  for (const { engine, reason } of missing) on.note('LEFT OUT', `${engine}: ${reason}`);
  return without(
    shape,
    missing.map(({ engine }) => engine),
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm passes a signal on that the terminal has sent already, so each can come twice.
  process.on(signal, () => {
    isInterrupted = true;
    display?.interrupted();
    void Promise.resolve(universe?.close()).finally(() => process.exit(130));
  });
}

main().catch(async (error: unknown) => {
  // What stops under a running campaign fails it; that is no news then.
  if (isInterrupted) return;
  process.stderr.write(
    `the faults failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  await universe?.close();
  process.exitCode = 1;
});
