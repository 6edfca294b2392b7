import type { Plan } from './plan.ts';
import type { Scenario } from './run.ts';
import type { Violation } from './violation.ts';

/** A violation, and what brings it about. */
export interface Found {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly violation: Violation;
}
