import { PlannedAdversary } from './adversary.ts';
import { FAULT_KINDS, kindsOf, type FaultKind } from './fault-kind.ts';
import { live } from './life.ts';
import type { Plan } from './plan.ts';
import { Recording, type Site } from './recording.ts';
import { Run, type Scenario } from './run.ts';
import { EMPTY_TALLY, sumOf, type Tally } from './tally.ts';
import type { Violation } from './violation.ts';

/**
 * Every single fault, and every pair of faults, at every call of a rotation.
 *
 * The places of the second fault are those of the calls that really are made after the first one. A process remembers
 * nothing, so what comes of a fault depends on the world in which the process that meets it begins and on nothing before
 * that. Hence two kinds of runs are left out, neither of which could end otherwise than one that is made:
 * - a second fault in a later process than the first one, if that process begins in a world in which every single fault has
 *   been tried already;
 * - the rest of a run, once both faults are over and a process begins in a world from which a run has ended well.
 */
export class Enumeration {
  #tally = EMPTY_TALLY;
  readonly #scenario: Scenario;
  /** Worlds from which a run without further faults has ended well. */
  readonly #good = new Set<string>();
  /** Worlds in which every single fault has been tried. */
  readonly #explored = new Set<string>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** The run in which nothing fails. */
  async undisturbed(): Promise<Recording> {
    const recording = await this.#record([]);
    const { refusedLogins } = recording.run;
    if (refusedLogins > 0) {
      const finding = `${refusedLogins} logins were refused though nothing failed`;
      this.#found([], { promise: 'logins', finding, call: recording.run.calls.length });
    }
    for (const { state } of recording.processes) this.#explored.add(state);
    return recording;
  }

  /** Every kind of fault at every call of the first rotation. @param isOver whether enough was found */
  async singles(isOver: (tally: Tally) => boolean = () => false): Promise<void> {
    const { sites } = await this.undisturbed();
    for (const site of sites) {
      if (isOver(this.#tally)) return;
      for (const fault of FAULT_KINDS) await this.#play([{ call: site.index, fault }]);
    }
  }

  /** The first faults of all pairs: each with what can befall its call. */
  async firstFaults(): Promise<readonly { readonly call: number; readonly fault: FaultKind }[]> {
    const { sites } = await this.undisturbed();
    return sites.flatMap((site) => faultsAt(site));
  }

  /** Every pair that begins with the given fault. @param isWanted draws a share of them */
  async pairs(
    first: { readonly call: number; readonly fault: FaultKind },
    isWanted: () => boolean = () => true,
  ): Promise<void> {
    const recording = await this.#record([first]);
    const home = recording.sites[first.call]?.process;
    let isKnown = false;
    let process = home;
    for (const site of recording.sites.slice(first.call + 1)) {
      if (site.process !== process) {
        process = site.process;
        const { state = '' } = recording.processes[process] ?? {};
        // Where one process begins in a known world, so do all that follow.
        isKnown ||= this.#explored.has(state);
        if (!isKnown) this.#explored.add(state);
      }
      for (const second of faultsAt(site)) {
        if (isKnown) this.#add({ merged: 1 });
        else if (isWanted()) await this.#play([first, second]);
      }
    }
  }

  async #record(plan: Plan): Promise<Recording> {
    const recording = new Recording(this.#scenario, plan);
    await live(recording.run);
    this.#count(recording.run, plan);
    if (recording.run.violations.length === 0) {
      for (const { state } of recording.processesAfter(lastCall(plan))) this.#good.add(state);
    }
    return recording;
  }

  async #play(plan: Plan): Promise<void> {
    const last = lastCall(plan);
    const states: string[] = [];
    const run: Run = new Run(this.#scenario, new PlannedAdversary(plan), {
      onProcess: (request): boolean => {
        if (run.calls.length <= last) return true;
        const state = Recording.stateAt(run, request);
        states.push(state);
        return run.violations.length > 0 || !this.#good.has(state);
      },
    });
    await live(run);
    this.#count(run, plan);
    if (run.violations.length > 0) return;
    for (const state of states) this.#good.add(state);
  }

  #count(run: Run, plan: Plan): void {
    const { incidents, refusedLogins } = run;
    this.#add({ runs: 1, incidents, refusedLogins });
    const [violation] = run.violations;
    if (violation !== undefined) this.#found(plan, violation);
  }

  #found(plan: Plan, violation: Violation): void {
    this.#add({ violations: [{ scenario: this.#scenario, plan, violation }] });
  }

  #add(some: Partial<Tally>): void {
    this.#tally = sumOf(this.#tally, { ...EMPTY_TALLY, ...some });
  }
}

function faultsAt(site: Site): { readonly call: number; readonly fault: FaultKind }[] {
  return kindsOf(site.call, site)
    .filter((fault) => fault !== 'die' || site.isDistinctDeath)
    .map((fault) => ({ call: site.index, fault }));
}

function lastCall(plan: Plan): number {
  return Math.max(-1, ...plan.map((incident) => ('call' in incident ? incident.call : -1)));
}
