import type { SecretVersion, Stage } from './secret-versions.ts';
import { notFound, OciServiceError } from './service-error.ts';

/** Which version of a secret; at most one member is given. None means stage CURRENT. */
export interface VersionSelector {
  readonly versionNumber?: number;
  readonly secretVersionName?: string;
  readonly stage?: Stage;
}

/**
 * Picks a version, of several in stage DEPRECATED the newest.
 *
 * @param versions Newest first.
 * @throws OciServiceError NotAuthorizedOrNotFound if there is none; InvalidParameter for more than one member (OCI's
 *   reference says "either ... or", and not what happens otherwise).
 */
export function selectVersion(
  versions: readonly SecretVersion[],
  selector: VersionSelector,
): SecretVersion {
  const { versionNumber, secretVersionName, stage } = selector;
  if ([versionNumber, secretVersionName, stage].filter((one) => one !== undefined).length > 1) {
    throw new OciServiceError('InvalidParameter', 'more than one of number, name and stage');
  }
  const version = versions.find((one) => {
    if (versionNumber !== undefined) return one.number === versionNumber;
    if (secretVersionName !== undefined) return one.name === secretVersionName;
    return one.stages.includes(stage ?? 'CURRENT');
  });
  if (version === undefined) throw notFound();
  return version;
}
