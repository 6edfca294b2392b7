import { startObjectStorage } from '../oci/object-storage-server.ts';
import { ObjectStorage } from '../oci/object-storage.ts';

const PLACE = { namespace: 'axexample', bucket: 'lockstep-audit' };

/** A bucket of OCI Object Storage for copies of the audit trail. */
export interface AuditCopies {
  readonly url: string;
  readonly storage: ObjectStorage;
  readonly place: typeof PLACE;
  readonly close: () => Promise<void>;
}

/** Starts it, with what `lockstep policy oci` allows and no more. */
export async function startAuditCopies(
  keys: Pick<Parameters<typeof startObjectStorage>[0], 'publicKeys' | 'sessionKeyOf' | 'faults'>,
): Promise<AuditCopies> {
  const storage = new ObjectStorage({ now: () => Date.now() });
  storage.createBucket(PLACE);
  const permissions = ['OBJECT_CREATE', 'OBJECT_INSPECT'] as const;
  const { url, close } = await startObjectStorage({ ...keys, storage, permissions });
  return { url, storage, place: PLACE, close };
}
