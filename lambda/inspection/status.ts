import type { Credential } from '../domain/credential.ts';
import type { TrailEntry } from '../ports/trail-history.ts';
import type { AccountView } from './accounts.ts';
import type { InspectionContext } from './context.ts';
import type {
  AccountReport,
  FailureReport,
  ScheduleReport,
  StatusReport,
  UnderWayReport,
  VaultReport,
} from './status-report.ts';
import { STEP_MAX_MS } from './step-limit.ts';
import { placeText, type StoredVersion, type VaultView } from './stored-versions.ts';
import { seen, survey, type Survey } from './survey.ts';
import { judge } from './verdict.ts';

const FAILURES_MAX = 5;

/**
 * Tells what is where: which versions each vault holds under which labels, which of them each database accepts, how old
 * the secret is, whether a rotation is under way or stuck, and what failed last. Changes nothing.
 *
 * @param options.logins whether to log in to the databases, within the allowance of refused logins
 */
export async function status(
  context: InspectionContext,
  options: { readonly logins: boolean },
): Promise<StatusReport> {
  const found = await survey(context, options);
  const underWay = underWayReport(found);
  const fingerprints = new Fingerprints(context);
  return {
    rotation: context.rotation,
    secretArn: context.secretArn,
    at: timeText(found.nowMs),
    ...judge(found, { isStuck: underWay?.isStuck ?? false }),
    schedule: scheduleReport(found),
    underWay,
    vaults: await Promise.all(
      found.vaults.map(async (vault) => await vaultReport(vault, fingerprints)),
    ),
    accounts: await Promise.all(
      found.accounts.map(async (account) => await accountReport(account, fingerprints)),
    ),
    failures: failureReports(found.trail.value ?? []),
  };
}

/** A key that cannot be had costs the fingerprints, not the report. */
class Fingerprints {
  readonly #context: InspectionContext;

  constructor(context: InspectionContext) {
    this.#context = context;
  }

  async of(credential: Credential | undefined): Promise<string | undefined> {
    if (credential === undefined) return undefined;
    return (await seen(this.#context.trail.fingerprint(credential))).value;
  }
}

function scheduleReport({ description, nowMs }: Survey): ScheduleReport | undefined {
  if (description.value === undefined) return undefined;
  const { rotationEnabled: isOn, rotatedMs, createdMs, nextRotationMs } = description.value;
  const sinceMs = rotatedMs ?? createdMs;
  return {
    isOn,
    rotatedAt: timeText(rotatedMs),
    nextAt: timeText(nextRotationMs),
    ageMs: sinceMs === undefined ? undefined : nowMs - sinceMs,
  };
}

function underWayReport({ pending, trail, nowMs }: Survey): UnderWayReport | undefined {
  if (pending === undefined) return undefined;
  const { version: versionId, createdMs, document, problem } = pending;
  const heardMs = trail.value?.find((entry) => entry.versionId === versionId)?.timeMs;
  const lastMs = Math.max(heardMs ?? 0, createdMs ?? 0);
  return {
    versionId,
    since: timeText(createdMs),
    lastHeardAt: timeText(heardMs),
    hasValue: document !== undefined || problem !== 'it has no value',
    isStuck: nowMs - lastMs > STEP_MAX_MS,
  };
}

async function vaultReport(
  { name, versions, unreadCount, error }: VaultView,
  fingerprints: Fingerprints,
): Promise<VaultReport> {
  const report = async (version: StoredVersion): Promise<VaultReport['versions'][number]> => ({
    version: version.version,
    name: version.name,
    labels: version.labels,
    createdAt: timeText(version.createdMs),
    username: version.document?.credential.username,
    fingerprint: await fingerprints.of(version.document?.credential),
    problem: version.problem,
  });
  return {
    name,
    versions: await Promise.all(versions.map(report)),
    unreadCount,
    problem: error?.message,
  };
}

async function accountReport(
  { database, engine, username, refused, acceptance }: AccountView,
  fingerprints: Fingerprints,
): Promise<AccountReport> {
  const accepted = acceptance.outcome === 'accepted' ? acceptance.accepted : undefined;
  return {
    database,
    engine,
    username,
    outcome: acceptance.outcome,
    fingerprint: await fingerprints.of(accepted?.credential),
    places: accepted?.places.map(placeText) ?? [],
    refused: refused.flatMap(({ places }) => places.slice(0, 1).map(placeText)),
    problem: acceptance.outcome === 'failed' ? acceptance.error.message : undefined,
  };
}

function failureReports(entries: readonly TrailEntry[]): readonly FailureReport[] {
  return entries
    .filter(({ event }) => event === 'step-failed')
    .slice(0, FAILURES_MAX)
    .map(({ timeMs, step, subject, error, versionId }) => ({
      at: timeText(timeMs),
      step,
      subject,
      error,
      versionId,
    }));
}

function timeText(timeMs: number): string;
function timeText(timeMs: number | undefined): string | undefined;
function timeText(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}
