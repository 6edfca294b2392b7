import { PlannedAdversary } from './adversary.ts';
import type { Plan } from './plan.ts';
import { Run, type Scenario } from './run.ts';
import { stateOf } from './state.ts';

/** A call of a recorded run. */
export interface Site {
  readonly index: number;
  readonly call: string;
  /** From 0, over the whole run. */
  readonly process: number;
  /** Whether the call changed anything that a process could come to see. */
  readonly hasEffect: boolean;
  /** Whether a death before this call leaves another world than a death before the last one. */
  readonly isDistinctDeath: boolean;
}

interface RecordedProcess {
  readonly firstCall: number;
  /** The world in which it began. */
  readonly state: string;
}

/** Calls that never change anything. */
const READS =
  /^(secretsmanager:(Describe|Get|List)|oci:(Get|List)|audit:count|\w+:(connect|query:(SELECT|SHOW|BEGIN|ROLLBACK)))/;

/** A run that notes, call by call, whether anything changed, and in which world each process began. */
export class Recording {
  readonly run: Run;
  readonly processes: RecordedProcess[] = [];
  readonly #sites: Site[] = [];
  #before: string | undefined;
  #rotationEnd: number | undefined;

  constructor(scenario: Scenario, plan: Plan) {
    this.run = new Run(scenario, new PlannedAdversary(plan), {
      onProcess: (request) => {
        this.#closeLast();
        const state = Recording.stateAt(this.run, request);
        this.processes.push({ firstCall: this.run.calls.length, state });
        if (this.run.isCalm) this.#rotationEnd ??= this.run.calls.length;
        return true;
      },
      onCall: (call) => {
        this.#closeLast();
        this.#open(call);
      },
    });
  }

  /** The world in which a process begins, and what is asked of the process. */
  static stateAt(run: Run, { step, versionId }: { step: string; versionId: string }): string {
    const { secret } = run.promises.onlooker;
    const version = [...secret.versions.keys()].indexOf(versionId);
    return `${run.successes} ${step} ${version} ${stateOf(run)}`;
  }

  /** The calls of the rotation in which faults strike. */
  get sites(): readonly Site[] {
    return this.#sites.slice(0, this.#rotationEnd);
  }

  /** Those that began after the given call was made. */
  processesAfter(call: number): readonly RecordedProcess[] {
    return this.processes.filter(({ firstCall }) => firstCall > call);
  }

  #open(call: string): void {
    const index = this.#sites.length;
    const process = this.processes.length - 1;
    const last = this.#sites[index - 1];
    const isDistinctDeath = last?.process !== process || last.hasEffect;
    this.#before = READS.test(call) ? undefined : stateOf(this.run);
    this.#sites.push({ index, call, process, hasEffect: false, isDistinctDeath });
  }

  /** The last call has been made: what it changed can be seen. */
  #closeLast(): void {
    const last = this.#sites.at(-1);
    if (last === undefined || this.#before === undefined) return;
    if (stateOf(this.run) !== this.#before) {
      this.#sites[last.index] = { ...last, hasEffect: true };
    }
    this.#before = undefined;
  }
}
