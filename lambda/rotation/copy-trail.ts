import type { AuditCopies } from '../ports/audit-copies.ts';
import type { AuditObject } from '../ports/audit-store.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Aside } from './aside.ts';

interface Copying {
  /** Undefined where the trail is not copied. */
  readonly copies?: AuditCopies | undefined;
  readonly reporter: Reporter;
  readonly aside: Aside;
}

/**
 * Copies an entry that has just been kept, beside the step. The trail is the record and the copy a second one, so a copy
 * that fails stops nothing: it is logged and metered, and made up for later.
 */
export function copyAside({ copies, reporter, aside }: Copying, entry: AuditObject): void {
  if (copies === undefined) return;
  aside.add(
    copies.copy(entry).catch((error: unknown) => {
      tellFailure(reporter, { error, key: entry.key });
    }),
  );
}

/**
 * Makes up for copies that an earlier invocation could not make, or died before. Called where nothing waits any more: at
 * the end of a rotation, and once an hour. Never throws.
 */
export async function catchUpCopies({ copies, reporter, aside }: Copying): Promise<void> {
  if (copies === undefined) return;
  // Those of this invocation are not missing, they are under way.
  await aside.settled();
  try {
    const { copied, missing, failure } = await copies.catchUp();
    if (copied > 0) reporter.info('audit.copies-made-up', { copied, missing });
    if (failure !== undefined) tellFailure(reporter, { error: failure, missing });
    // Ends the alarm.
    else if (missing === 0) reporter.metric({ name: 'AuditCopyFailed', value: 0 });
  } catch (error) {
    tellFailure(reporter, { error });
  }
}

function tellFailure(reporter: Reporter, details: Readonly<Record<string, unknown>>): void {
  reporter.warn('audit.copy-failed', details);
  reporter.metric({ name: 'AuditCopyFailed', value: 1 });
}
