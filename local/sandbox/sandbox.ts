import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { RotationNews } from '../aws/rotation-events.ts';
import { startClouds } from '../clouds/clouds.ts';
import type { Topology } from '../clouds/topology.ts';
import { Breakage } from './breakage.ts';
import { startControl } from './control.ts';
import { removeSandboxFolder, writeSandboxFolder } from './sandbox-folder.ts';

/** So short that a failure heals while one watches, for ten minutes. */
const RETRY_DELAY_MS = 3_000;
const ATTEMPTS_MAX = 200;
/** People break things here more often in a day than elsewhere. */
const REFUSED_LOGINS_PER_DAY_MAX = 100;
const SCHEDULE_DAYS = 30;

export interface SandboxOptions {
  /** Where the files for other terminals go. */
  readonly folder: string;
  readonly topology: Topology;
  readonly progress: (what: string) => void;
  readonly listener?: (news: RotationNews) => void;
  /** Given, before anything starts, what takes everything away. */
  readonly onStarted: (close: () => Promise<void>) => void;
}

/**
 * Starts both clouds with the databases of the topology and a deployed rotation named `orders`, and leaves them running until they are closed. Nothing is left behind then.
 */
export async function startSandbox(options: SandboxOptions): Promise<void> {
  const { folder, topology, progress, listener, onStarted } = options;
  const cleanUps: (() => Promise<void>)[] = [
    async () => {
      await removeSandboxFolder(folder);
    },
  ];
  onStarted(async () => {
    for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) await next();
  });
  const clouds = await startClouds({
    topology,
    attemptsMax: ATTEMPTS_MAX,
    retryDelayMs: RETRY_DELAY_MS,
    refusedLoginsPerDayMax: REFUSED_LOGINS_PER_DAY_MAX,
    progress,
    ...(listener === undefined ? {} : { listener }),
    onStarted: (close) => cleanUps.push(close),
  });
  progress('the rotation, attached to the secret');
  // As CloudFormation attaches it: Secrets Manager tests the configuration and rotates nothing.
  await clouds.vaults.clients.secretsManager.send(
    new RotateSecretCommand({
      SecretId: clouds.vaults.secretArn,
      RotationLambdaARN: clouds.functionArn,
      RotationRules: { AutomaticallyAfterDays: SCHEDULE_DAYS },
      RotateImmediately: false,
    }),
  );
  const breakage = new Breakage(clouds);
  const control = await startControl(async (command) => await breakage.carryOut(command));
  cleanUps.push(control.close);
  await writeSandboxFolder(folder, {
    controlUrl: control.url,
    rotations: clouds.rotations,
    caPem: clouds.authority.certificatePem,
    environment: clouds.operatorEnvironment,
  });
}
