import type { SecretContent, SecretRule } from './secret-details.ts';
import type { SecretVersions } from './secret-versions.ts';
import { OciServiceError } from './service-error.ts';

/**
 * "25 KB" (OCI documentation, Vault limits). The documentation does not say whether it is measured before or after
 * base64; this is the stricter reading: the base64 text counts.
 */
export const CONTENT_BYTES_MAX = 25 * 1024;

/** "Letters, numbers, hyphens, underscores, and periods" (OCI API reference, SecretContentDetails.name). */
const NAME = /^[A-Za-z0-9_.-]+$/;
/** The same characters, 1 to 255 of them (OCI documentation, Creating a Secret). */
const SECRET_NAME = /^[A-Za-z0-9_.-]{1,255}$/;

/**
 * Refuses content that the secret cannot take as its next version.
 *
 * @throws OciServiceError InvalidParameter. Its message never quotes content. "name already exists" is the wording
 *   of OCI (terraform-provider-oci issue 1913); the code for a breach of the reuse rule is not documented.
 */
export function checkContent(
  content: SecretContent,
  options: {
    readonly versions: SecretVersions;
    readonly rules: readonly SecretRule[];
    readonly nowMs: number;
  },
): void {
  const { versions, rules, nowMs } = options;
  if (content.name !== undefined) {
    if (!NAME.test(content.name)) throw invalid('the version name has characters not allowed');
    if (versions.hasName(content.name)) throw invalid('name already exists');
  }
  if (!isBase64(content.content)) throw invalid('the content is not base64, or is empty');
  if (content.content.length > CONTENT_BYTES_MAX) throw invalid('the content exceeds 25 KB');
  const rule = rules.find((one) => one.ruleType === 'SECRET_REUSE_RULE');
  if (rule === undefined) return;
  const isDeletedIncluded = rule.isEnforcedOnDeletedSecretVersions ?? false;
  if (versions.hasContent(content.content, { nowMs, isDeletedIncluded })) {
    throw invalid('the secret reuse rule refuses content that another version has');
  }
}

/** "At most one rule of each type" (OCI documentation, Secret Rules). */
export function checkRules(rules: readonly SecretRule[]): void {
  if (new Set(rules.map((rule) => rule.ruleType)).size < rules.length) {
    throw invalid('a secret has at most one rule of each type');
  }
}

export function checkSecretName(name: string): void {
  if (!SECRET_NAME.test(name)) throw invalid('the secret name is not valid');
}

function isBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}

function invalid(message: string): OciServiceError {
  return new OciServiceError('InvalidParameter', message);
}
