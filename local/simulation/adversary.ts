import type { FaultKind } from './fault-kind.ts';
import { isOf, type Act, type Outage, type Plan } from './plan.ts';

/** One call of a run, before it is made. */
export interface CallSite {
  /** From 0, over the whole run. */
  readonly index: number;
  readonly call: string;
  /** The process that makes it, from 0. */
  readonly process: number;
}

/** Whatever makes things go wrong in a run. */
export interface Adversary {
  /** What befalls the call. Asked once a call. */
  strike(site: CallSite): FaultKind | undefined;

  /** What happens before the process begins. Asked once a process, in order. */
  actsBefore(process: number): readonly Act[];
}

/** Does what a plan says. */
export class PlannedAdversary implements Adversary {
  readonly #plan: Plan;
  #outage: { readonly of: Outage; readonly untilProcess: number } | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  strike({ index, call, process }: CallSite): FaultKind | undefined {
    let struck: FaultKind | undefined;
    for (const incident of this.#plan) {
      if ('fault' in incident && incident.call === index) struck ??= incident.fault;
      if (!('outage' in incident)) continue;
      if (incident.call === index) {
        this.#outage = { of: incident.outage, untilProcess: process + incident.processes };
      }
    }
    const { of, untilProcess = 0 } = this.#outage ?? {};
    const isOut = of !== undefined && process < untilProcess && isOf(of, call);
    return isOut ? 'loseRequest' : struck;
  }

  actsBefore(process: number): readonly Act[] {
    return this.#plan.flatMap((incident) =>
      'act' in incident && incident.process === process ? [incident.act] : [],
    );
  }
}
