import { parseArgs } from 'node:util';
import type { Engine } from '../../lambda/ports/database.ts';
import { DEFAULT_ENGINES, type Topology } from '../clouds/topology.ts';
import { sandboxCommands } from './breakage.ts';

const ENGINES: readonly Engine[] = ['postgres', 'oracle', 'mysql', 'mariadb'];
const TWO_USERS = ['app_a', 'app_b'] as const;

export const USAGE = `npm run sandbox

Starts AWS, OCI, PostgreSQL and an Oracle server on this machine's loopback address, with a deployed rotation named
"orders", and leaves them running until Ctrl-C. No account, no Docker. In a second terminal:

  source .sandbox/env

points lockstep (and the AWS CLI) at it. And to break things and see:

${commandList(DEFAULT_ENGINES)}

  --databases <list>    these databases instead: ${ENGINES.join(', ')}; for example postgres,mysql.
                        MySQL and MariaDB are fetched where they are not there and apt can be asked
  --alternating-users   two users, ${TWO_USERS.join(' and ')}, take turns
  --connection-strings  a second secret in both clouds has connection strings
  --federated           OCI is reached with a session token instead of an API key
  --folder <path>       write the files for other terminals there instead of .sandbox
  --help                this text

Exit status: 0 done, 1 failed, 2 wrong arguments, 130 ended by Ctrl-C.
`;

export interface Options {
  readonly wantsHelp: boolean;
  /** Left out: `.sandbox` of this project. */
  readonly folder: string | undefined;
  readonly topology: Topology;
  /** For a sandbox that is running; undefined to start one. */
  readonly command: string | undefined;
}

/** @throws RangeError or TypeError that says what was expected */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      databases: { type: 'string' },
      'alternating-users': { type: 'boolean', default: false },
      'connection-strings': { type: 'boolean', default: false },
      federated: { type: 'boolean', default: false },
      folder: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  return {
    wantsHelp: values.help,
    folder: values.folder,
    topology: {
      engines: enginesIn(values.databases),
      // A rollover of a day, so that Oracle has overlap.
      oracleRolloverDays: 1,
      ...(values['alternating-users'] && { users: TWO_USERS }),
      hasConnectionStrings: values['connection-strings'],
      ...(values.federated && { ociAccess: 'federated' as const }),
    },
    command: positionals.length > 0 ? positionals.join(' ') : undefined,
  };
}

/** A line for each command, as it is typed. */
export function commandList(engines: readonly Engine[]): string {
  return sandboxCommands(engines)
    .map(([command, what]) => `  npm run sandbox -- ${command.padEnd(24)}  ${what}`)
    .join('\n');
}

function enginesIn(list: string | undefined): readonly Engine[] {
  if (list === undefined) return DEFAULT_ENGINES;
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  return names.map((name) => {
    const engine = ENGINES.find((one) => one === name);
    if (engine !== undefined) return engine;
    throw new RangeError(`expected some of ${ENGINES.join(', ')}, not "${name}"`);
  });
}
