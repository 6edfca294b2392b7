import type {
  OciSecretBundle,
  OciVaultCalls,
  OciVersionPage,
  TaggedSecret,
} from '../../lambda/adapters/oci-vault-calls.ts';
import { API_KEY_REMEDY } from '../../lambda/adapters/oci-api-key-secret.ts';
import { OciCallError, type OciOperation } from '../../lambda/adapters/oci-errors.ts';
import { OciVaultMirror } from '../../lambda/adapters/oci-vault-mirror.ts';
import { OciVaultSurvey } from '../../lambda/adapters/oci-vault-survey.ts';
import type { Redactor } from '../../lambda/domain/redactor.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { Mirror, MirrorSelector } from '../../lambda/ports/mirror.ts';
import type { MirrorSurvey } from '../../lambda/ports/mirror-survey.ts';
import { OciServiceError, statusOf } from '../oci/service-error.ts';
import type { VaultModel } from '../oci/vault-model.ts';
import { atOnce, type Turn } from './turn.ts';
import { underFaults, type FaultErrors, type MemoryFaults } from './under-faults.ts';

export interface MemoryMirrorOptions extends MemoryFaults {
  readonly name: string;
  readonly model: VaultModel;
  readonly secretOcid: string;
  readonly redactor: Redactor;
  /** Waits while the model's secret is UPDATING; its `now` should be the model's. */
  readonly clock: Clock;
  readonly turn?: Turn | undefined;
  /**
   * Whether the service, which has just said yes to a change, loses it all the same. Asked once a change. OCI carries
   * changes out after its answer, while the secret is UPDATING. @default never
   */
  readonly losesChange?: () => boolean;
}

/**
 * The mirror's own rules over the vault's model, without HTTP and without repetition: every fault shows. Calls are
 * named in the fault plan as the stand-in names them: `oci:GetSecret`, `oci:UpdateSecret`, `oci:PromoteSecretVersion`,
 * `oci:GetSecretBundle`, `oci:ListSecretVersions`, `oci:ScheduleSecretVersionDeletion`. `refuse` without a code is
 * OCI's 404.
 */
export function makeMemoryMirror(options: MemoryMirrorOptions): Mirror {
  return new OciVaultMirror({
    ...options,
    signInRemedy: API_KEY_REMEDY,
    calls: new ModelCalls(options),
    retryDelaysMs: [],
  });
}

/** The set-up of the model's secret, likewise. */
export function makeMemoryMirrorSurvey(options: MemoryMirrorOptions): MirrorSurvey {
  return new OciVaultSurvey({
    ...options,
    signInRemedy: API_KEY_REMEDY,
    calls: new ModelCalls(options),
  });
}

class ModelCalls implements OciVaultCalls {
  readonly #options: MemoryMirrorOptions;

  constructor(options: MemoryMirrorOptions) {
    this.#options = options;
  }

  async getSecret(): Promise<TaggedSecret> {
    return await this.#call('GetSecret', (model, secretId) => {
      const { body, etag } = model.getSecret(secretId);
      return { secret: body, etag };
    });
  }

  async addPendingVersion(version: {
    readonly name: string;
    readonly base64: string;
  }): Promise<void> {
    const { name, base64: content } = version;
    const secretContent = { contentType: 'BASE64', content, name, stage: 'PENDING' } as const;
    await this.#change('UpdateSecret', (model, secretId) =>
      model.updateSecret(secretId, { secretContent }),
    );
  }

  async makeCurrent(number: number, etag: string): Promise<void> {
    await this.#change(
      'UpdateSecret',
      (model, secretId) => model.updateSecret(secretId, { currentVersionNumber: number }, etag),
      'PromoteSecretVersion',
    );
  }

  async getSecretBundle(selector: MirrorSelector): Promise<OciSecretBundle> {
    return await this.#call('GetSecretBundle', (model, secretId) => {
      if ('name' in selector) {
        return model.getSecretBundle(secretId, { secretVersionName: selector.name }).body;
      }
      if ('number' in selector) {
        return model.getSecretBundle(secretId, { versionNumber: selector.number }).body;
      }
      return model.getSecretBundle(secretId, { stage: selector.stage }).body;
    });
  }

  async listSecretVersions(): Promise<OciVersionPage> {
    return await this.#call('ListSecretVersions', (model, secretId) => ({
      versions: model.listSecretVersions(secretId),
      nextPage: undefined,
    }));
  }

  async scheduleSecretVersionDeletion(versionNumber: number, time: Date): Promise<void> {
    await this.#change('ScheduleSecretVersionDeletion', (model, secretId) =>
      model.scheduleSecretVersionDeletion(
        { secretId, versionNumber },
        { timeOfDeletion: time.toISOString() },
      ),
    );
  }

  async #change(
    operation: OciOperation,
    effect: (model: VaultModel, secretId: string) => unknown,
    faultName?: string,
  ): Promise<void> {
    const { losesChange = () => false } = this.#options;
    const unlessLost: typeof effect = (model, secretId) => {
      if (!losesChange()) effect(model, secretId);
    };
    await this.#call(operation, unlessLost, faultName);
  }

  async #call<Result>(
    operation: OciOperation,
    effect: (model: VaultModel, secretId: string) => Result,
    faultName: string = operation,
  ): Promise<Result> {
    const { model, secretOcid, turn = atOnce } = this.#options;
    const call = {
      call: `oci:${faultName}`,
      effect: () => effect(model, secretOcid),
      errors: errorsOf(operation),
    };
    try {
      return await turn(async () => await underFaults(this.#options, call));
    } catch (error) {
      if (!(error instanceof OciServiceError)) throw error;
      const { code, message, status: statusCode } = error;
      throw refusal(operation, { code, message, statusCode });
    }
  }
}

function errorsOf(operation: OciOperation): FaultErrors {
  return {
    refused: ({ code = 'NotAuthorizedOrNotFound', message = 'refused by the fault plan' }) =>
      refusal(operation, { code, message, statusCode: statusOf(code) }),
    throttled: () =>
      refusal(operation, { code: 'TooManyRequests', message: 'throttled', statusCode: 429 }),
    lost: (kind) => new OciCallError(`no whole answer came (${kind})`, { operation }),
  };
}

function refusal(
  operation: OciOperation,
  answer: { readonly code: string; readonly message: string; readonly statusCode: number },
): OciCallError {
  const { code: serviceCode, message, statusCode } = answer;
  return new OciCallError(message, { operation, statusCode, serviceCode });
}
