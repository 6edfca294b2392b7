import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { MirrorSurvey } from '../ports/mirror-survey.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { OciAccess } from './oci-access.ts';
import { OciVaultClient } from './oci-vault-client.ts';
import { OciVaultMirror } from './oci-vault-mirror.ts';
import { OciVaultSurvey } from './oci-vault-survey.ts';

/** What a mirror in OCI Vault is made of. */
export interface OciVaultOptions {
  readonly config: OciVaultConfig;
  /** What the calls are signed with, for example of `parseOciApiKeySecret`. */
  readonly access: OciAccess;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  /** Takes up every secret that is read or staged. */
  readonly redactor: Redactor;
}

/** A mirror in OCI Vault, over OCI's SDK. */
export function makeOciVaultMirror(options: OciVaultOptions): Mirror {
  const { config, access, clock, redactor } = options;
  const { name, secretOcid } = config;
  return new OciVaultMirror({
    name,
    secretOcid,
    signInRemedy: access.remedy,
    calls: new OciVaultClient(options),
    clock,
    redactor,
  });
}

/** The set-up of a mirror's secret, likewise. */
export function makeOciVaultSurvey(options: OciVaultOptions): MirrorSurvey {
  const { config, access, redactor } = options;
  return new OciVaultSurvey({
    name: config.name,
    secretOcid: config.secretOcid,
    signInRemedy: access.remedy,
    calls: new OciVaultClient(options),
    redactor,
  });
}
