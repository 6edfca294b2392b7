import { once } from './adapters/lazy.ts';
import { TrailCopies } from './adapters/trail-copies.ts';
import type { Parts } from './compose.ts';
import { composeOciAccess } from './compose-mirror.ts';
import { AsideTime } from './domain/aside-time.ts';
import { ConfigurationError } from './domain/errors.ts';
import type { AuditCopies } from './ports/audit-copies.ts';
import type { CopyStore } from './ports/copy-store.ts';

/**
 * Puts OCI Object Storage behind the port of the trail's copies, where the configuration asks for them. What it is made
 * of is made with the first copy.
 *
 * @param remainingMs time until the platform stops the function, in milliseconds
 */
export function composeAuditCopies(
  parts: Parts,
  remainingMs: () => number,
): AuditCopies | undefined {
  const { container, redactor, clock } = parts;
  const { bucket, prefix, copyTo } = container.config.audit;
  if (copyTo === undefined) return undefined;
  const time = new AsideTime({ remainingMs, clock });
  const { budget } = time;
  return new TrailCopies({
    source: once(async () => {
      const [{ s3: client }, { S3AuditStore }] = await Promise.all([
        container.audit(),
        import('./adapters/s3-audit-store.ts'),
      ]);
      return new S3AuditStore({ client, bucket, budget, clock, redactor });
    }),
    // A way in of its own: the mirrors' may take longer than a copy, and must not fail for the little time that it has.
    target: once(async () => await composeTarget({ ...parts, budget, ociAccesses: new Map() })),
    prefix,
    time,
  });
}

async function composeTarget(parts: Parts): Promise<CopyStore> {
  const { mirrors, audit } = parts.container.config;
  const place = audit.copyTo?.ociObjectStorage;
  const mirror = mirrors.find(({ name }) => name === place?.mirror);
  if (place === undefined || mirror === undefined) {
    throw new ConfigurationError('there is no mirror that copies of the audit trail are put with', {
      remedy: 'name one of the mirrors in audit.copyTo in rotations.json, and deploy again',
    });
  }
  const [access, { OciCopyStore }] = await Promise.all([
    composeOciAccess(mirror, parts),
    import('./adapters/oci-copy-store.ts'),
  ]);
  return new OciCopyStore({ ...parts, place, mirror, access });
}
