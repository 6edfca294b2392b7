import { NO_VERSION } from '../lambda/domain/step.ts';
import { carryOutRecovery } from '../lambda/operator/carry-out-recovery.ts';
import { isRefusedByPolicy, planRecovery } from '../lambda/operator/plan-recovery.ts';
import {
  planText,
  type RecoveryObstacle,
  type RecoveryPlan,
} from '../lambda/operator/recovery-plan.ts';
import type { Outcome } from './outcome.ts';
import type { OperatorWorld } from './rotation-world.ts';
import type { Session } from './session.ts';

export interface RecoveryRun {
  readonly name: string;
  readonly world: OperatorWorld;
  readonly options: {
    readonly refusedMax: number;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
  };
}

/** Plans, shows, asks, does and proves; and begins anew where a database does not take a password by its rules. */
export class Recovery {
  readonly #session: Session;
  readonly #run: RecoveryRun;
  /** Databases that do not take AWSCURRENT's password. */
  readonly #refusesCurrent = new Set<string>();

  constructor(session: Session, run: RecoveryRun) {
    this.#session = session;
    this.#run = run;
  }

  async run(): Promise<Outcome> {
    const { progress } = this.#session;
    const { options } = this.#run;
    const { refusedMax } = options;
    progress.note(`each database may refuse up to ${refusedMax} logins while it is asked`);
    for (;;) {
      progress.begin('asking each database which stored password it accepts');
      const search = { refusedMax, refusesCurrent: this.#refusesCurrent };
      const planned = await planRecovery(this.#run.world.enter(NO_VERSION), search);
      if ('obstacles' in planned) return this.#obstructed(planned.obstacles);
      const { plan } = planned;
      if (options.dryRun === true) return this.#concluded(plan, 'planned');
      if (plan.steps.length > 0) await this.#confirm(plan);
      if (await this.#carryOut(plan)) return this.#concluded(plan, 'done');
    }
  }

  async #confirm(plan: RecoveryPlan): Promise<void> {
    for (const line of this.#planLines(plan)) this.#session.progress.note(line);
    await this.#session.confirm('Do this?', { isAgreed: this.#run.options.yes === true });
  }

  /** Whether it was done; else another plan is needed. */
  async #carryOut(plan: RecoveryPlan): Promise<boolean> {
    const { progress } = this.#session;
    try {
      const world = this.#run.world.enter(plan.versionId);
      await carryOutRecovery(world, plan, (step) => {
        progress.begin(planText({ ...plan, steps: [step] }).join(''));
      });
      return true;
    } catch (error) {
      const { subject = '' } = error as { readonly subject?: string };
      if (!isRefusedByPolicy(error) || this.#refusesCurrent.has(subject)) throw error;
      this.#refusesCurrent.add(subject);
      progress.failed(
        `${subject} does not take this password by its rules; looking for another way`,
      );
      return false;
    }
  }

  #planLines({ place, reason, ...plan }: RecoveryPlan): readonly string[] {
    const { username } = plan;
    const steps = planText({ place, reason, ...plan }).map(
      (text, index) => `${index + 1}. ${text}`,
    );
    return [`the password of ${username} is to be that of ${place}: ${reason}`, ...steps];
  }

  #concluded(plan: RecoveryPlan, state: 'planned' | 'done'): Outcome {
    const { colours } = this.#session;
    const { name } = this.#run;
    const { versionId, place, reason } = plan;
    const steps = planText(plan);
    const proven = `${colours.green('✔')} ${name}: in step; AWSCURRENT opens every database, and every mirror holds it`;
    const isNothing = steps.length === 0;
    const text =
      state === 'planned'
        ? [...this.#planLines(plan), ...(isNothing ? ['There is nothing to do.'] : [])].join('\n')
        : proven;
    return {
      ending: 'fine',
      json: { ok: true, rotation: name, state, versionId, place, reason, steps },
      text,
    };
  }

  #obstructed(obstacles: readonly RecoveryObstacle[]): Outcome {
    const { colours } = this.#session;
    const { name } = this.#run;
    const lines = obstacles.map(
      ({ subject, finding, remedy }) =>
        `${colours.red('✖')} ${subject}: ${finding}\n    Next: ${remedy}`,
    );
    return {
      ending: 'failed',
      json: { ok: false, rotation: name, state: 'obstructed', obstacles },
      text: [...lines, `${name}: nothing was changed`].join('\n'),
    };
  }
}
