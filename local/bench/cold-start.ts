import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';
import { compileFunction, type FunctionCode } from '../../lib/function-code/compile.ts';
import { median, spreadOf, type Spread } from './spread.ts';

const ENTRY = fileURLToPath(new URL('../../lambda/handler.ts', import.meta.url));
const REPORT = 'process.stdout.write(JSON.stringify(process.memoryUsage().rss))';
/** What a fresh process runs. `refused` makes all that a container keeps, and refuses an event that is none. */
const SCRIPTS = {
  bare: REPORT,
  ready: `require('./index.js'); ${REPORT}`,
  refused: `
    process.stdout.write = (write => (text) => text.startsWith('{') || write.call(process.stdout, text))(process.stdout.write);
    const context = { awsRequestId: '1', functionVersion: '1', getRemainingTimeInMillis: () => 9000 };
    require('./index.js').handler({}, context).then(() => { throw new Error('it was served') }, () => { ${REPORT} });`,
} as const;
/** The first runs fill the machine's caches. */
const WARM_UPS = 2;

type Start = keyof typeof SCRIPTS;

export interface ColdStart {
  readonly node: string;
  readonly ms: Readonly<Record<Start, Spread>>;
  /** Median of the ratio to the bare process that ran right before. */
  readonly ratio: Readonly<Record<Exclude<Start, 'bare'>, number>>;
  /** Resident memory at the end, in bytes. */
  readonly rssBytes: Readonly<Record<Start, number>>;
}

/** Starts fresh processes, the kinds in turn, so that what else the machine does strikes all alike. */
export async function measureColdStart(options: {
  readonly code: FunctionCode;
  readonly nodePath: string;
  readonly runs: number;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<ColdStart> {
  const { code, nodePath, runs, environment } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  const ms: Record<Start, number[]> = { bare: [], ready: [], refused: [] };
  const rss: Record<Start, number[]> = { bare: [], ready: [], refused: [] };
  try {
    for (const { name, text } of code.files) await writeFile(join(folder, name), text);
    for (let run = 1 - WARM_UPS; run <= runs; run += 1) {
      for (const kind of Object.keys(SCRIPTS) as Start[]) {
        const began = performance.now();
        const { status, stdout, stderr } = spawnSync(nodePath, ['-e', SCRIPTS[kind]], {
          cwd: folder,
          env: environment,
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(`the process "${kind}" failed: ${stderr}`);
        if (run < 1) continue;
        ms[kind].push(performance.now() - began);
        rss[kind].push(Number(stdout));
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const ratioOf = (kind: Start): number =>
    median(ms[kind].map((value, run) => value / (ms.bare[run] ?? NaN)));
  const each = <Value>(of: (kind: Start) => Value): Record<Start, Value> => ({
    bare: of('bare'),
    ready: of('ready'),
    refused: of('refused'),
  });
  return {
    node: spawnSync(nodePath, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    ms: each((kind) => spreadOf(ms[kind])),
    ratio: { ready: ratioOf('ready'), refused: ratioOf('refused') },
    rssBytes: each((kind) => median(rss[kind])),
  };
}

export interface BundleSize {
  readonly bytes: number;
  readonly files: number;
  /** What a start reads. */
  readonly startBytes: number;
  /** Bytes by package, the largest first; this project's own code as `lockstep`. */
  readonly parts: readonly (readonly [string, number])[];
}

export function compileRotation(): FunctionCode {
  return compileFunction(ENTRY);
}

/** What the function's code is made of. The second pass adds a few bytes to what esbuild counts. */
export function bundleSize({ files, metafile }: FunctionCode): BundleSize {
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? 'lockstep';
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  const sizes = new Map(files.map(({ name, text }) => [name, Buffer.byteLength(text)]));
  const atStart = new Set<string>();
  const follow = (name: string): void => {
    if (atStart.has(name)) return;
    atStart.add(name);
    for (const { kind, path } of metafile.outputs[`build/${name}`]?.imports ?? []) {
      if (kind === 'import-statement') follow(path.replace(/^build\//, ''));
    }
  };
  follow('index.js');
  const sum = (names: Iterable<string>): number =>
    [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  return {
    bytes: sum(sizes.keys()),
    files: files.length,
    startBytes: sum(atStart),
    parts: [...parts].toSorted(([, one], [, other]) => other - one),
  };
}
