import { Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { AuditKeys } from '../config/audit-config.ts';
import { placeOf } from './secret-place.ts';
import { SynthesisError } from './synthesis-error.ts';

/** What signs the audit trail, and what once did: one of `auditKeyParameter` and `auditKey` is needed. */
export interface AuditKeyProps {
  /**
   * The full name of the SSM SecureString that signs the audit trail. Made once, outside, never overwritten
   * (`lockstep bootstrap`).
   *
   * @default - `auditKey` signs
   */
  readonly auditKeyParameter?: string | undefined;

  /**
   * The KMS key that signs the audit trail: spec HMAC_256, usage GENERATE_VERIFY_MAC. Where it was not made in this app,
   * its own policy must allow the function kms:GenerateMac and kms:VerifyMac.
   *
   * @default - `auditKeyParameter` signs
   */
  readonly auditKey?: IKey | undefined;

  /**
   * The SSM parameter that signed earlier entries, where a KMS key signs now.
   *
   * @default - none
   */
  readonly formerAuditKeyParameter?: string | undefined;

  /**
   * KMS keys that signed earlier entries.
   *
   * @default - none
   */
  readonly formerAuditKeys?: readonly IKey[] | undefined;
}

/** The keys as the function's configuration names them. */
export function auditKeysConfig(props: AuditKeyProps): Omit<AuditKeys, 'formerKeys'> & {
  formerKeys?: ({ keyParameter: string } | { keyArn: string })[];
} {
  const { auditKeyParameter, auditKey, formerAuditKeyParameter, formerAuditKeys = [] } = props;
  const formerKeys = [
    ...(formerAuditKeyParameter === undefined ? [] : [{ keyParameter: formerAuditKeyParameter }]),
    ...formerAuditKeys.map(({ keyArn }) => ({ keyArn })),
  ];
  return {
    ...(auditKeyParameter === undefined ? {} : { keyParameter: auditKeyParameter }),
    ...(auditKey === undefined ? {} : { keyArn: auditKey.keyArn }),
    ...(formerKeys.length === 0 ? {} : { formerKeys }),
  };
}

/**
 * Checks that the function, which calls KMS in its own region, finds the keys there.
 *
 * @throws SynthesisError when a key is in another region
 */
export function checkAuditKeyPlace(
  { auditKey, formerAuditKeys = [] }: AuditKeyProps,
  { rotationName, region }: { readonly rotationName: string; readonly region: string },
): void {
  for (const { keyArn } of auditKey === undefined
    ? formerAuditKeys
    : [auditKey, ...formerAuditKeys]) {
    // Only the deployment knows where a key of the same app will be: beside the function.
    if (Token.isUnresolved(keyArn) || placeOf(keyArn).region === region) continue;
    throw new SynthesisError(
      `rotation "${rotationName}": the audit key ${keyArn} must be in ${region}, beside the rotated secret`,
    );
  }
}
