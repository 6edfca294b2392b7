import { LockstepError, UnexpectedError } from '../../lambda/domain/errors.ts';
import type { RotationRequest } from '../../lambda/domain/step.ts';
import {
  ANSWER_RESERVE_MS,
  REPORT_RESERVE_MS,
  UNDO_RESERVE_MS,
  type Clock,
} from '../../lambda/domain/time-budget.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import type { Database, DatabaseSession, OwnSession } from '../../lambda/ports/database.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import { FaultPlan, type Fault } from '../faults.ts';
import type { Turn } from '../memory/turn.ts';
import { keyOf, type ClearCredential, type CredentialKey } from './credentials.ts';
import { faultOf, type FaultKind } from './fault-kind.ts';
import { Leaks } from './leaks.ts';
import type { Scheduler } from './scheduler.ts';

export interface ProcessOptions {
  /** From 0, over the whole run. */
  readonly index: number;
  readonly request: RotationRequest;
  readonly clock: Clock;
  /** When the platform stops it. */
  readonly endMs: number;
  /** Asked once for each call of a living process: what befalls it. */
  readonly onCall: (call: string, process: Process) => FaultKind | undefined;
  /** Told of each password that the process is about to set on a database, and again once it has tried. */
  readonly onChange: (change: PasswordChanging) => void;
  /** Where other processes run at the same time. @default calls go on at once */
  readonly scheduler?: Scheduler | undefined;
}

export interface PasswordChanging {
  readonly database: string;
  readonly credential: ClearCredential;
  readonly isTried: boolean;
}

/** The process is gone; nobody gets its answer. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/**
 * One process of the function, which serves one call of the service. Once it is dead no call of it takes effect, nobody
 * hears what it says, and its clock stands still: what is left of it runs on and changes nothing.
 */
export class Process {
  readonly index: number;
  readonly request: RotationRequest;
  readonly endMs: number;
  readonly faults: FaultPlan;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly turn: Turn | undefined;
  readonly leaks = new Leaks();
  /** Names and subjects of the metrics that it gave. */
  readonly metrics: string[] = [];
  /** By the database's name: what it accepted from this process. */
  readonly proven = new Map<string, Set<CredentialKey>>();
  /** Whether it has moved AWSCURRENT and not the mirror's CURRENT. Then it must not end well. */
  leftMirrorBehind = false;
  /** Whether the service is to lose the change that is being made. */
  losesChange = false;
  #isDead = false;
  readonly #options: ProcessOptions;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.index = options.index;
    this.request = options.request;
    this.endMs = options.endMs;
    this.faults = new ProcessFaults(this);
    this.turn = options.scheduler?.turnsOf(this);
    this.reporter = this.#makeReporter();
    this.clock = this.#makeClock();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  die(): void {
    this.#isDead = true;
  }

  /** A call is about to be made. */
  take(call: string): Fault | undefined {
    if (this.#options.clock.now() >= this.endMs) this.die();
    if (this.#isDead) return { kind: 'loseRequest' };
    const kind = this.#options.onCall(call, this);
    this.losesChange = kind === 'loseChange';
    if (kind === undefined) return undefined;
    if (kind === 'die') this.die();
    return faultOf(kind, call);
  }

  /** How long it takes until the time for what the process does now is used up, in milliseconds. */
  get untilDeadlineMs(): number {
    const leftMs = this.endMs - this.#options.clock.now();
    const reserveMs = [UNDO_RESERVE_MS, REPORT_RESERVE_MS, ANSWER_RESERVE_MS].find(
      (reserve) => reserve < leftMs,
    );
    return reserveMs === undefined ? 0 : leftMs - reserveMs;
  }

  /** The same database, watched. */
  see(database: Database): Database {
    return new SeenDatabase(database, this);
  }

  hasProven(database: string, credential: Credential): void {
    const { username, password } = credential;
    const keys = this.proven.get(database) ?? new Set();
    this.proven.set(database, keys.add(keyOf({ username, password: password.reveal() })));
  }

  changes(change: PasswordChanging): void {
    if (!this.#isDead || change.isTried) this.#options.onChange(change);
  }

  /** What the sixth promise asks of an error that the process ends with; undefined where it keeps that promise. */
  objectionTo(error: unknown): string | undefined {
    if (!(error instanceof LockstepError)) return `an error that is none of ours: ${String(error)}`;
    if (error instanceof UnexpectedError) {
      return `a defect: ${String(error.cause instanceof Error ? error.cause.stack : error.cause)}`;
    }
    if (error.remedy === '') return `${error.name} does not say what to do`;
    if (!this.metrics.includes(`StepFailed ${error.name}`)) return `${error.name} is not metered`;
    return undefined;
  }

  #makeReporter(): Reporter {
    const log = (event: string, details: object = {}): void => {
      if (!this.#isDead) this.leaks.hear(event, details);
    };
    return {
      info: log,
      warn: log,
      metric: ({ name, subject }) => {
        if (this.#isDead) return;
        this.metrics.push(`${name} ${subject ?? ''}`);
        this.leaks.hear(name, subject ?? '');
      },
    };
  }

  #makeClock(): Clock {
    const { turn } = this;
    const { clock } = this.#options;
    return {
      now: () => clock.now(),
      sleep: async (durationMs) => {
        const sleep = async (): Promise<void> => {
          if (!this.#isDead) await clock.sleep(durationMs);
        };
        await (turn === undefined ? sleep() : turn(sleep));
      },
    };
  }
}

class ProcessFaults extends FaultPlan {
  readonly #process: Process;

  constructor(process: Process) {
    super();
    this.#process = process;
  }

  override take(call: string): Fault | undefined {
    return this.#process.take(call);
  }
}

class SeenDatabase implements Database {
  readonly name: string;
  readonly engine: Database['engine'];
  readonly canTakeBack: boolean;
  readonly #database: Database;
  readonly #process: Process;

  constructor(database: Database, process: Process) {
    this.name = database.name;
    this.engine = database.engine;
    this.canTakeBack = database.canTakeBack;
    this.#database = database;
    this.#process = process;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const session = await this.#database.login(credential);
    if (session === 'refused') return session;
    this.#process.hasProven(this.name, credential);
    return {
      ...this.#see(session, credential.username),
      account: async () => await session.account(),
    };
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const session = await this.#database.loginAsSuperuser(username);
    return session && this.#see(session, username);
  }

  #see(session: DatabaseSession, username: string): DatabaseSession {
    return {
      check: async () => {
        await session.check();
      },
      rehearse: async (change) => await session.rehearse(change),
      change: async (change) => {
        const credential = { username, password: change.to.reveal() };
        this.#process.changes({ database: this.name, credential, isTried: false });
        try {
          return await session.change(change);
        } finally {
          this.#process.changes({ database: this.name, credential, isTried: true });
        }
      },
      endOverlap: async (own) => {
        await session.endOverlap(own);
      },
      close: async () => {
        await session.close();
      },
    };
  }
}
