import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../aws/secret-state.ts';
import type { Act } from './plan.ts';
import type { Run } from './run.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** Lets a person, or time, do something between two calls of the function. */
export async function act(run: Run, what: Act): Promise<void> {
  const { world, promises } = run;
  switch (what) {
    case 'drop-pending':
      dropLabel(run, AWSPENDING);
      break;
    case 'drop-previous':
      dropLabel(run, AWSPREVIOUS);
      break;
    case 'save-again':
      world.saveByHand({});
      promises.disturbed();
      break;
    case 'swap-labels':
      swapLabels(run);
      break;
    case 'wait-an-hour':
      await world.clock.sleep(HOUR_MS);
      promises.timePassed();
      break;
    case 'wait-a-day':
      await world.clock.sleep(25 * HOUR_MS);
      promises.timePassed();
      break;
    case 'duplicate':
      break;
  }
}

export function dropLabel({ world, promises }: Run, label: string): void {
  const { labels } = promises.onlooker.secret;
  const holder = labels.get(label);
  if (holder === undefined || holder === labels.get(AWSCURRENT)) return;
  world.secretsManager.updateSecretVersionStage({
    SecretId: world.secretArn,
    VersionStage: label,
    RemoveFromVersionId: holder,
  });
  promises.disturbed();
}

function swapLabels({ world, promises }: Run): void {
  const { labels } = promises.onlooker.secret;
  const previous = labels.get(AWSPREVIOUS);
  if (previous === undefined) return;
  world.secretsManager.updateSecretVersionStage({
    SecretId: world.secretArn,
    VersionStage: AWSCURRENT,
    MoveToVersionId: previous,
    RemoveFromVersionId: labels.get(AWSCURRENT),
  });
  promises.disturbed();
}
