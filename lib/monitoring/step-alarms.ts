import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { failedStepFinding, failedStepState } from './failed-step.ts';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric, STEPS } from './rotation-metrics.ts';

/** One alarm a step, so that the alarm itself says which step failed. */
export function stepAlarms(place: AlarmPlace): readonly Alarm[] {
  const { rotation } = place;
  return STEPS.map((step) =>
    addAlarm(place, {
      name: `${step}-failed`,
      metric: rotationMetric(rotation.rotationName, { name: 'StepFailed', subject: step }),
      words: ({ rotate }) => ({
        finding: failedStepFinding(step),
        state: failedStepState(step, rotation),
        next: `do what the failure says (Look); Secrets Manager tries again by itself, or now with ${rotate}`,
      }),
    }),
  );
}
