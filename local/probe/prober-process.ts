import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Attempt } from './attempt.ts';
import { SETTLING_MAX_MS } from './pauses.ts';
import type { ProberConfig } from './prober-config.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('prober-main.ts', import.meta.url));
/** Longer than any attempt may take. */
const STOP_MAX_MS = 15_000;
const STDERR_CHARS_MAX = 2_000;
/** With tsx and three drivers to load, on a machine that has other things to do. */
const START_MAX_MS = 60_000;
const LOOK_PAUSE_MS = 20;
const CATCH_UP_ROUNDS_MAX = 5;
const CAUGHT_UP_MS = 1_000;

/** The prober as a process of its own: what keeps this one busy does not slow it down. */
export class ProberProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #attempts: Attempt[] = [];
  /** Of each application, what it reported last. */
  readonly #newest = new Map<string, Attempt>();
  readonly #ended: Promise<void>;
  #errors = '';
  #hasEnded = false;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const attempt = Attempt.parse(JSON.parse(line));
      this.#attempts.push(attempt);
      this.#newest.set(`${attempt.database} ${attempt.mode}`, attempt);
    });
    const isRead = once(lines, 'close');
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(0, STDERR_CHARS_MAX);
    });
    // A pipe whose other end has died; the exit tells.
    child.stdin.on('error', () => undefined);
    this.#ended = Promise.all([once(child, 'close'), isRead]).then(() => {
      this.#hasEnded = true;
    });
  }

  /**
   * Resolves when every application has made its first attempt, which loads its driver.
   *
   * @throws {Error} when the prober does not come up
   */
  static async start(config: ProberConfig): Promise<ProberProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM], {
      cwd: REPOSITORY,
      env: {
        PATH: process.env['PATH'],
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const prober = new ProberProcess(child);
    child.stdin.write(`${JSON.stringify(config)}\n`);
    try {
      const applications = config.databases.length * config.modes.length;
      await prober.#until(START_MAX_MS, () => prober.#newest.size === applications);
    } catch (error) {
      await prober.stop();
      throw error;
    }
    return prober;
  }

  /** So far. */
  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /**
   * Resolves when every attempt that was due before `dueMs` has ended.
   *
   * @throws {Error} when that takes too long, or the prober has ended by itself
   */
  async settled(dueMs: number): Promise<void> {
    await this.#until(dueMs - Date.now() + SETTLING_MAX_MS, () =>
      hasSettled([...this.#newest.values()], dueMs),
    );
  }

  /** Resolves when attempts end soon after they were due, or after some rounds in which they did not. */
  async caughtUp(): Promise<void> {
    for (let round = 1; round <= CATCH_UP_ROUNDS_MAX; round += 1) {
      const askedMs = Date.now();
      await this.settled(askedMs);
      if (Date.now() - askedMs < CAUGHT_UP_MS) return;
    }
  }

  /** Ends the schedule, waits for what is under way, and resolves when the process is gone. May be called again. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    const limit = new AbortController();
    const late = delay(STOP_MAX_MS, undefined, { signal: limit.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await this.#ended;
    limit.abort();
    await late;
  }

  async #until(limitMs: number, isSo: () => boolean): Promise<void> {
    for (let waitedMs = 0; waitedMs < limitMs; waitedMs += LOOK_PAUSE_MS) {
      if (this.#hasEnded) throw new Error(`the prober has ended by itself: ${this.#errors.trim()}`);
      if (isSo()) return;
      await delay(LOOK_PAUSE_MS);
    }
    throw new Error(`attempts of the prober took too long: lower --rate, or free the machine`);
  }
}

/** @param newest of each application, what it reported last */
function hasSettled(newest: readonly Attempt[], dueMs: number): boolean {
  return newest.every((one) => one.dueMs >= dueMs && (one.waitingSinceMs ?? Infinity) >= dueMs);
}
