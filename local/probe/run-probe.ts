import { enginesOf } from '../clouds/topology.ts';
import type { Display } from '../demo/display.ts';
import { findMissingServers, type MissingServer } from './available-servers.ts';
import { jsonOf, type JsonReport, type JsonStrategy } from './json-report.ts';
import { measure } from './measure.ts';
import { OneSynthesis } from '../clouds/one-synthesis.ts';
import { RETRY_DELAY_MS } from './pauses.ts';
import type { ProbeArguments } from './probe-arguments.ts';
import { reportOf } from './report.ts';
import { without, type Strategy } from './strategy.ts';

/** Measured before the first rotation: what this machine does to logins by itself. */
const BASELINE_MS = 2_000;

export interface RunProbeOptions {
  readonly display: Display;
  readonly print: (line: string) => void;
  readonly onStarted: (close: () => Promise<void>) => void;
}

/** Measures one strategy after the other. Leaves nothing behind. @throws what `measure` throws */
export async function runProbe(
  probeArguments: ProbeArguments,
  options: RunProbeOptions,
): Promise<{ readonly report: JsonReport; readonly isKept: boolean }> {
  const { display } = options;
  introduce(probeArguments, display);
  const engines = probeArguments.strategies.flatMap(({ topology }) => enginesOf(topology));
  const missing = await findMissingServers(engines, (what) => {
    display.note('servers', what);
  });
  const synthesis = await OneSynthesis.create();
  const close = async (): Promise<void> => {
    await synthesis.close();
  };
  options.onStarted(close);
  try {
    const strategies: JsonStrategy[] = [];
    for (const strategy of probeArguments.strategies) {
      const lacking = missing.filter(({ engine }) => enginesOf(strategy.topology).includes(engine));
      strategies.push(
        await measureStrategy(strategy, {
          ...options,
          probeArguments,
          lacking,
          synthesis,
          onStarted: (closeStrategy) => {
            options.onStarted(async () => {
              await closeStrategy();
              await close();
            });
          },
        }),
      );
    }
    const isKept = strategies.every(({ findings }) => findings.length === 0);
    display.title(isKept ? 'Every promise was kept.' : 'A promise was not kept, or not proven.');
    return { report: { strategies }, isKept };
  } finally {
    await close();
  }
}

function introduce({ intervalMs, cacheMs }: ProbeArguments, display: Display): void {
  display.title('The window: how long new logins are refused while a password rotates');
  display.say(
    `A process of its own tries every ${Math.round(intervalMs)} ms for each application and database: nothing shorter ` +
      `can be seen. The cached application keeps a password for ${cacheMs} ms; with overlap a cache must be shorter ` +
      'than the time between rotations, and here it is.',
  );
  display.say(
    'The Oracle server is a stand-in, not Oracle. Its account never locks here, while by default ten refused logins in ' +
      `a row lock it. After a crash Secrets Manager waits ${RETRY_DELAY_MS} ms before it starts over; in AWS that ` +
      'takes minutes, and the window after a crash is longer by as much.',
  );
}

interface StrategyOptions extends RunProbeOptions {
  readonly probeArguments: ProbeArguments;
  readonly lacking: readonly MissingServer[];
  readonly synthesis: OneSynthesis;
}

async function measureStrategy(
  strategy: Strategy,
  options: StrategyOptions,
): Promise<JsonStrategy> {
  const { display, print, onStarted, lacking, synthesis } = options;
  const { rotations, intervalMs, cacheMs, nodePath } = options.probeArguments;
  display.title(`${strategy.name}: ${strategy.title}, ${rotations} rotations`);
  const findings = lacking.map(({ engine, reason }) => `${engine} was not measured: ${reason}`);
  if (findings.length > 0) display.failed('not measured', findings);
  const available = without(
    strategy,
    lacking.map(({ engine }) => engine),
  );
  if (available === undefined)
    return { name: strategy.name, rotations: 0, databases: [], findings };
  const measurement = await measure(available, {
    rotations,
    intervalMs,
    cacheMs,
    baselineMs: BASELINE_MS,
    nodePath,
    synthesis,
    progress: (what) => {
      display.begin(what);
    },
    onRotation: (number, kind) => {
      display.begin(`rotation ${number} of ${rotations}: ${kind}`);
    },
    onStarted,
  });
  display.done('measured');
  for (const line of reportOf(measurement)) print(line === '' ? '' : `  ${line}`);
  const json = jsonOf(measurement);
  return { ...json, findings: [...findings, ...json.findings] };
}
