import type { Redactor } from '../domain/redactor.ts';
import type { MirrorState, MirrorSurvey } from '../ports/mirror-survey.ts';
import { toMirrorError } from './oci-errors.ts';
import type { OciVaultCalls } from './oci-vault-calls.ts';

export interface OciVaultSurveyOptions {
  readonly name: string;
  readonly secretOcid: string;
  /** What a person should look at when OCI does not accept a signature. */
  readonly signInRemedy: string;
  readonly calls: Pick<OciVaultCalls, 'getSecret'>;
  readonly redactor: Redactor;
}

/** How a secret in OCI Vault is set up, read from the secret itself; no version is read. */
export class OciVaultSurvey implements MirrorSurvey {
  readonly name: string;
  readonly #options: OciVaultSurveyOptions;

  constructor(options: OciVaultSurveyOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async state(): Promise<MirrorState> {
    try {
      const { secret } = await this.#options.calls.getSecret();
      const { secretRules: rules = [], rotationStatus = 'NOT_ENABLED', rotationConfig } = secret;
      const expiry = rules.filter(({ ruleType }) => ruleType === 'SECRET_EXPIRY_RULE');
      const blocks = expiry.some((rule) => rule.isSecretContentRetrievalBlockedOnExpiry === true);
      return {
        lifecycle: secret.lifecycleState,
        isReplica: secret.isReplica === true,
        isRotatedByVault:
          rotationStatus !== 'NOT_ENABLED' || rotationConfig?.isScheduledRotationEnabled === true,
        refusesReuse: rules.some(({ ruleType }) => ruleType === 'SECRET_REUSE_RULE'),
        expiry: expiry.length === 0 ? 'none' : blocks ? 'blocks-reading' : 'says-so',
      };
    } catch (error) {
      throw toMirrorError(error, this.#options);
    }
  }
}
