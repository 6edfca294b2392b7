import type { Mirror, MirrorVersionSummary } from '../ports/mirror.ts';
import type { RotationWorld } from './context.ts';
import { recordAside } from './record.ts';

/** The newest retired versions stay, so that a lost password can still be found among them. */
const DEPRECATED_KEPT = 5;
/** Each takes a call and a wait, and every rotation comes by here again. */
const RETIRED_PER_RUN_MAX = 5;

/**
 * Schedules old versions of a mirror for deletion: OCI never removes any and is full at 30. A failure is logged and
 * metered, never thrown.
 *
 * A version is old when a later one has been CURRENT since and no label in Secrets Manager names it.
 */
export async function prune(context: RotationWorld, mirror: Mirror): Promise<void> {
  await retireAll(context, { mirror, old: await findOld(context, mirror) });
}

/** What `prune` would retire, oldest last. What is old stays old, whatever is promoted meanwhile. Never throws. */
export async function findOld(
  context: RotationWorld,
  mirror: Mirror,
): Promise<readonly MirrorVersionSummary[]> {
  try {
    const [{ labels }, versions] = await Promise.all([context.secrets.describe(), mirror.list()]);
    return oldVersions(versions, new Set(labels.keys()));
  } catch (error) {
    tell(context, mirror, error);
    return [];
  }
}

/** Never throws. @param old what `findOld` found */
export async function retireAll(
  context: RotationWorld,
  { mirror, old }: { readonly mirror: Mirror; readonly old: readonly MirrorVersionSummary[] },
): Promise<void> {
  try {
    for (const { number } of old.slice(-RETIRED_PER_RUN_MAX)) {
      await mirror.retire(number);
      recordAside(context, { event: 'version-retired', subject: mirror.name });
    }
  } catch (error) {
    tell(context, mirror, error);
  }
}

function tell(context: RotationWorld, mirror: Mirror, error: unknown): void {
  context.reporter.warn('prune.failed', { mirror: mirror.name, error });
  context.reporter.metric({ name: 'PruneFailed', value: 1, subject: mirror.name });
}

/** Newest first, as listed. */
function oldVersions(
  versions: readonly MirrorVersionSummary[],
  labelled: ReadonlySet<string>,
): readonly MirrorVersionSummary[] {
  const current = versions.find(({ stages }) => stages.includes('CURRENT'));
  if (current === undefined) return [];
  return versions
    .filter(
      ({ number, name, stages, isScheduledForDeletion }) =>
        number < current.number &&
        stages.includes('DEPRECATED') &&
        !isScheduledForDeletion &&
        (name === undefined || !labelled.has(name)),
    )
    .slice(DEPRECATED_KEPT);
}
