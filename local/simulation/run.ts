import type { AuditTip } from '../../lambda/adapters/audit-trail.ts';
import type { Redactor } from '../../lambda/domain/redactor.ts';
import { NO_VERSION, type Operation } from '../../lambda/domain/step.ts';
import { newRefusalMemory, type RefusalMemory } from '../../lambda/rotation/login-budget.ts';
import { rotate } from '../../lambda/rotation/rotate.ts';
import type { RotationEvent, RotationOutcome } from '../aws/rotation-events.ts';
import { MemoryAuditTrail, type MemoryAuditEntry } from '../memory/audit-trail.ts';
import { INITIAL_PASSWORD, OTHER_PASSWORD, USERNAME } from '../memory/initial-state.ts';
import { contextOf } from '../memory/invocation.ts';
import { World } from '../memory/world.ts';
import type { Adversary } from './adversary.ts';
import { redactorOf } from './common-redactor.ts';
import { ANSWER, type FaultKind } from './fault-kind.ts';
import { judgeError, judgeSilence, judgeSuccess } from './judgement.ts';
import { act } from './people.ts';
import { Process, ProcessDied, type PasswordChanging } from './process.ts';
import { Promises } from './promises.ts';
import { SeededRandom } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { settle } from './settle.ts';
import { worldOptionsOf, type Story } from './story.ts';
import type { Violation } from './violation.ts';
import { WORLDS, type WorldName } from './worlds.ts';

const INVOCATION_MS = 180_000;
/** How long a call takes that nothing befalls. */
const CALL_MS = 20;
/** How long after a person's act the function is called again. */
const PERSON_MS = 5_000;
const CHANGES_MIRROR = /^oci:(Update|Promote|Schedule)/;

export interface Scenario {
  readonly world: WorldName;
  /** Fixes passwords, ids and the order of calls that are made at once. */
  readonly seed: number;
  readonly story: Story;
}

/** One call that was made in a run. */
export interface CallMade {
  readonly call: string;
  readonly process: number;
  readonly fault: FaultKind | undefined;
}

/** Told of what a run does, before it does it. */
export interface RunListener {
  /** @returns whether the run is to go on */
  onProcess?(request: Process['request']): boolean;
  onCall?(call: string): void;
}

/** Rotations in one world, while an adversary has its way and after it has stopped. */
export class Run {
  readonly scenario: Scenario;
  readonly world: World;
  readonly promises: Promises;
  readonly calls: CallMade[] = [];
  readonly processes: Process[] = [];
  readonly trail: MemoryAuditEntry[] = [];
  /** The password that was last set, by the names of database and user. */
  readonly lastSet = new Map<string, string>();
  /** When the mirror was last changed. */
  mirrorChangedMs = 0;
  /** How many faults, outages and acts there were. */
  incidents = 0;
  /** How many rotations have succeeded. */
  successes = 0;
  /** Resolves when the listener says that the run is not to go on; what waits for the service then waits for ever. */
  readonly stopped: Promise<void>;
  readonly #adversary: Adversary;
  readonly #listener: RunListener;
  readonly #redactor: Redactor;
  readonly #stop: () => void;
  readonly #scheduler: Scheduler;
  readonly #twins = new Set<Promise<unknown>>();
  #container = newContainer();
  #incidentsBefore = 0;
  #isCalm = false;
  #last: { readonly call: string; readonly process: Process } | undefined;

  constructor(scenario: Scenario, adversary: Adversary, listener: RunListener = {}) {
    this.scenario = scenario;
    this.#adversary = adversary;
    this.#redactor = redactorOf(scenario.seed);
    this.#listener = listener;
    this.#scheduler = new Scheduler(new SeededRandom((scenario.seed ^ 0x1b87_3593) >>> 0));
    const { promise, resolve } = withResolver();
    this.stopped = promise;
    this.#stop = resolve;
    const { options, keepsCurrent } = WORLDS[scenario.world];
    const hasOverlap = !(options.hasSuperuser === true && scenario.story.hasSuperuser === false);
    this.world = new World({
      ...options,
      ...worldOptionsOf(scenario.story),
      chance: new SeededRandom(scenario.seed),
      serve: async (event) => {
        await this.#serve(event);
      },
    });
    this.promises = new Promises({
      world: this.world,
      keepsCurrent: (name) => hasOverlap && keepsCurrent.includes(name),
      countCalls: () => this.calls.length,
    });
    for (const password of [INITIAL_PASSWORD, OTHER_PASSWORD]) {
      for (const username of [USERNAME, `${USERNAME}_b`]) {
        this.promises.give({ username, password });
      }
    }
  }

  get violations(): readonly Violation[] {
    return this.promises.violations;
  }

  /** Whether anything has gone wrong since the service began its last attempt. */
  get isAttemptTroubled(): boolean {
    return this.incidents > this.#incidentsBefore;
  }

  /** Whether a process runs of which the service does not know. */
  get hasTwins(): boolean {
    return this.#twins.size > 0;
  }

  get isCalm(): boolean {
    return this.#isCalm;
  }

  get #isOneAtATime(): boolean {
    const { story, world } = this.scenario;
    return story.oneAtATime || WORLDS[world].hasRollover;
  }

  /** Whether the trail is kept without its chain, signatures and objects. */
  get #isPlain(): boolean {
    return this.scenario.story.trail === 'plain';
  }

  /** Whose passwords rotate. */
  get users(): readonly string[] {
    const { strategy } = this.world;
    return strategy.kind === 'single-user' ? [USERNAME] : strategy.users;
  }

  get refusedLogins(): number {
    return this.world.databases
      .flatMap((database) => this.users.map((username) => database.refusedLogins(username)))
      .reduce((sum, count) => sum + count, 0);
  }

  /** Whether the audit trail says that the version was promoted in Secrets Manager. */
  tellsOf(versionId: string | undefined): boolean {
    return (this.#isPlain ? this.trail : this.world.entries).some(
      (entry) =>
        entry.event === 'promoted' &&
        entry.subject === 'secrets-manager' &&
        entry.versionId === versionId,
    );
  }

  /** Brings the world to where the story begins. */
  async begin(): Promise<void> {
    await settle(this.world, this.scenario.story);
    this.promises.onlooker.mirrorMayHaveChanged();
    this.promises.settled();
  }

  /** A person invokes the function between rotations. */
  async operate(step: Operation): Promise<void> {
    const { secretArn } = this.world;
    await this.#runProcess({ step, secretArn, versionId: NO_VERSION });
  }

  /** Nothing goes wrong from now on. */
  calm(): void {
    this.#isCalm = true;
  }

  /** RotateSecret, or what it resumes; until the service has done with it. */
  async rotate(): Promise<RotationOutcome> {
    try {
      return await this.world.rotate();
    } catch (error) {
      const pending = this.promises.onlooker.secret.labels.get('AWSPENDING');
      // The service refuses while an older rotation is not complete, and tries that one again.
      if (pending === undefined) throw error;
      return await this.world.service.settled(pending);
    }
  }

  async #serve(event: RotationEvent): Promise<void> {
    const { Step: step, SecretId: secretArn, ClientRequestToken: versionId } = event;
    if (step === 'createSecret') this.#incidentsBefore = this.incidents;
    // The service calls again minutes later, when no call still runs.
    if (this.#isOneAtATime) await this.twinsEnded();
    const acts = this.#isCalm ? [] : this.#adversary.actsBefore(this.processes.length);
    for (const one of acts) {
      this.incidents += 1;
      await act(this, one);
      if (one !== 'duplicate') await this.world.clock.sleep(PERSON_MS);
    }
    const request = { step, secretArn, versionId };
    if (this.#listener.onProcess?.(request) === false) {
      this.#stop();
      await new Promise(() => undefined);
    }
    if (acts.includes('duplicate')) {
      this.#startTwin(request);
      if (this.#isOneAtATime) throw new TooManyRequests();
    }
    await this.#runProcess(request);
  }

  /** A second call of the same step at the same time. The service does not know of it. */
  #startTwin(request: Process['request']): void {
    const twin: Promise<unknown> = this.#runProcess(request, {
      container: newContainer(),
      hasTwin: true,
    })
      .catch(() => undefined)
      .finally(() => this.#twins.delete(twin));
    this.#twins.add(twin);
  }

  /** Until no process is left of which the service does not know. */
  async twinsEnded(): Promise<void> {
    await Promise.all(this.#twins);
  }

  async #runProcess(
    request: Process['request'],
    { container = this.#container, hasTwin = false } = {},
  ): Promise<void> {
    const { clock } = this.world;
    const process: Process = new Process({
      index: this.processes.length,
      request,
      clock,
      endMs: clock.now() + INVOCATION_MS,
      onCall: (call, caller) => this.#onCall(call, caller),
      onChange: (change) => {
        this.#onChange(change);
      },
      scheduler: this.hasTwins || hasTwin ? this.#scheduler : undefined,
    });
    this.processes.push(process);
    try {
      await rotate(this.#contextFor(process, container));
      process.take(ANSWER);
    } catch (error) {
      if (!process.isDead) judgeError(this, process, error);
      throw process.isDead ? new ProcessDied() : error;
    } finally {
      this.#look();
      judgeSilence(this, process);
    }
    if (process.isDead) throw new ProcessDied();
    judgeSuccess(this, process);
  }

  #contextFor(process: Process, container: Container): ReturnType<typeof contextOf> {
    const { reporter, clock, faults, request, endMs } = process;
    return contextOf(this.world, {
      request,
      requestId: `request-${process.index}`,
      faults,
      clock,
      endMs,
      reporter,
      redactor: this.#redactor,
      ...container,
      turn: process.turn,
      losesChange: () => process.losesChange,
      seeDatabase: (database) => process.see(database),
      ...(this.#isPlain && {
        audit: (line) =>
          new MemoryAuditTrail({
            ...line,
            clock,
            entries: this.trail,
            request,
          }),
      }),
    });
  }

  #onCall(call: string, process: Process): FaultKind | undefined {
    this.#look();
    this.#listener.onCall?.(call);
    const index = this.calls.length;
    const site = { index, call, process: process.index };
    const fault = this.#isCalm ? undefined : this.#adversary.strike(site);
    this.calls.push({ call, process: process.index, fault });
    this.#last = { call, process };
    const { clock } = this.world;
    void clock.sleep(CALL_MS);
    if (CHANGES_MIRROR.test(call)) this.mirrorChangedMs = clock.now();
    if (fault === undefined) return undefined;
    this.incidents += 1;
    // The container is gone, and what it remembered.
    if (fault === 'die') this.#container = newContainer();
    if (fault === 'late' || fault === 'hang') void clock.sleep(process.untilDeadlineMs);
    return fault;
  }

  #onChange({ database: name, credential, isTried }: PasswordChanging): void {
    const { username, password } = credential;
    if (!isTried) this.promises.attempted(credential);
    else if (this.world.databases.some((one) => one.name === name && one.opens(username, password)))
      this.lastSet.set(`${name} ${username}`, password);
  }

  #look(): void {
    const last = this.#last;
    this.promises.look(
      last && {
        call: last.call,
        proven: last.process.proven,
        isRaced: this.hasTwins,
        leaveMirrorBehind: () => {
          last.process.leftMirrorBehind = true;
        },
      },
    );
    this.#last = undefined;
  }
}

/** Lambda refuses a call while the one reserved execution runs. */
class TooManyRequests extends Error {
  override readonly name = 'TooManyRequestsException';
}

/** What the function remembers from one call to the next. */
interface Container {
  readonly tip: AuditTip;
  readonly refusals: RefusalMemory;
}

function newContainer(): Container {
  return { tip: { link: undefined }, refusals: newRefusalMemory() };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
