import { setTimeout as delay } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Application } from './application.ts';
import type { Attempt } from './attempt.ts';
import { logIn } from './login.ts';
import type { ProberConfig } from './prober-config.ts';
import { readPublished } from './published-secret.ts';
import { Schedule } from './schedule.ts';
import { makeSecretSource } from './secret-source.ts';

/** Of one application. Where more are waiting, the machine is too slow for the rate, and trying on would slow it further. */
const IN_FLIGHT_MAX = 10;

export interface ProbeOptions {
  readonly now: () => number;
  /** Stops the schedule; attempts that are under way end as they would. */
  readonly signal: AbortSignal;
  readonly report: (attempt: Attempt) => void;
}

/**
 * Probes until it is stopped, or `runMaxMs` have passed: one application for each database and mode, each at its fixed
 * rate. Resolves when every attempt has been reported.
 */
export async function probe(
  config: ProberConfig,
  { now, signal, report }: ProbeOptions,
): Promise<void> {
  const client = makeClient(config);
  const applications = config.databases.flatMap((database) =>
    config.modes.map((mode) => {
      const readCurrent = async (): ReturnType<typeof readPublished> =>
        await readPublished(client, config.secretArn);
      return new Application({
        database: database.name,
        mode,
        secrets: makeSecretSource(mode, { readCurrent, cacheMs: config.cacheMs, now }),
        logIn: async (credential) => await logIn(database, credential),
        now,
        inFlightMax: IN_FLIGHT_MAX,
      });
    }),
  );
  // The first login of each kind loads its driver, which is not what is to be measured.
  for (const application of applications) await application.attempt(now());
  const startMs = now();
  const { intervalMs } = config;
  const schedule = new Schedule({ startMs, intervalMs, applications: applications.length });
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted && now() - startMs < config.runMaxMs) {
    for (const { application, dueMs } of schedule.takeDue(now())) {
      const attempt = applications[application]?.attempt(dueMs).then(report);
      if (attempt === undefined) continue;
      underWay.add(attempt);
      void attempt.finally(() => underWay.delete(attempt));
    }
    const pauseMs = Math.max(0, schedule.nextDueMs - now());
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(underWay);
  client.destroy();
}

function makeClient({ secretsManager }: ProberConfig): SecretsManagerClient {
  const { endpoint, region, accessKeyId, secretAccessKey } = secretsManager;
  return new SecretsManagerClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
}
