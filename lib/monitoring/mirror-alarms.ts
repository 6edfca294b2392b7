import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric } from './rotation-metrics.ts';

/** The alarms of each mirror, so that the alarm itself says which one. */
export function mirrorAlarms(place: AlarmPlace): readonly Alarm[] {
  return place.rotation.mirrorNames.flatMap((name) => [lags(place, name), isFilling(place, name)]);
}

function lags(place: AlarmPlace, name: string): Alarm {
  return addAlarm(place, {
    name: `MirrorLag-${name}`,
    metric: rotationMetric(place.rotation.rotationName, { name: 'MirrorLag', subject: name }),
    words: ({ rotate }) => ({
      finding: `${name} was found to hold another version as CURRENT than AWSCURRENT.`,
      state: `applications that read ${name} get an older password, which databases may refuse. Who finds the lag levels it where ${name} answers; otherwise the retry or the next rotation does.`,
      next: `see whether a step failed (Look); where ${name} answers again: ${rotate}`,
    }),
  });
}

function isFilling(place: AlarmPlace, name: string): Alarm {
  return addAlarm(place, {
    name: `PruneFailed-${name}`,
    metric: rotationMetric(place.rotation.rotationName, { name: 'PruneFailed', subject: name }),
    words: ({ describe }) => ({
      finding: `old versions of ${name} could not be scheduled for deletion.`,
      state: `the rotation itself succeeded. OCI Vault removes no version by itself and takes none above 30, so rotations will stop when ${name} is full.`,
      next: `allow it in OCI (manage secret-versions in the compartment of the secret), then see that the next rotation prunes; the versions in AWS: ${describe}`,
    }),
  });
}
