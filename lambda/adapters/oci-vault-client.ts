import { CircuitBreaker, NoRetryConfigurationDetails, type HttpClient } from 'oci-common';
import { requests, SecretsClient } from 'oci-secrets';
import { models, VaultsClient } from 'oci-vault';
import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { MirrorSelector, MirrorStage } from '../ports/mirror.ts';
import type { OciAccess } from './oci-access.ts';
import { OciHttp } from './oci-http.ts';
import type {
  OciSecretBundle,
  OciVaultCalls,
  OciVersionPage,
  TaggedSecret,
} from './oci-vault-calls.ts';

/** Repetition is the caller's; a breaker that opened would outlive the invocation and fail the next one. */
const ONE_ATTEMPT = {
  retryConfiguration: NoRetryConfigurationDetails,
  circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
};
const PAGE_VERSIONS = 100;
const { Stage } = requests.GetSecretBundleRequest;
const STAGE_BY_NAME: Readonly<Record<MirrorStage, requests.GetSecretBundleRequest.Stage>> = {
  CURRENT: Stage.Current,
  PENDING: Stage.Pending,
  PREVIOUS: Stage.Previous,
  LATEST: Stage.Latest,
  DEPRECATED: Stage.Deprecated,
};

/** The calls over the clients of OCI's SDK. */
export class OciVaultClient implements OciVaultCalls {
  readonly #config: OciVaultConfig;
  readonly #http: OciHttp;

  constructor(options: {
    readonly config: OciVaultConfig;
    readonly access: OciAccess;
    readonly budget: TimeBudget;
  }) {
    this.#config = options.config;
    this.#http = new OciHttp(options.access, options.budget);
  }

  async getSecret(): Promise<TaggedSecret> {
    const secretId = this.#config.secretOcid;
    const { secret, etag } = await this.#http.call('GetSecret', (http) =>
      this.#vaults(http).getSecret({ secretId }),
    );
    return { secret, etag };
  }

  async addPendingVersion(version: {
    readonly name: string;
    readonly base64: string;
  }): Promise<void> {
    await this.#updateSecret({
      updateSecretDetails: {
        secretContent: {
          contentType: models.Base64SecretContentDetails.contentType,
          content: version.base64,
          name: version.name,
          // Were it left out, OCI would make the version CURRENT at once.
          stage: models.SecretContentDetails.Stage.Pending,
        },
      },
    });
  }

  async makeCurrent(number: number, etag: string): Promise<void> {
    await this.#updateSecret({
      updateSecretDetails: { currentVersionNumber: number },
      ifMatch: etag,
    });
  }

  async getSecretBundle(selector: MirrorSelector): Promise<OciSecretBundle> {
    const secretId = this.#config.secretOcid;
    const { secretBundle } = await this.#http.call('GetSecretBundle', (http) =>
      this.#secrets(http).getSecretBundle({ secretId, ...bundleQuery(selector) }),
    );
    return secretBundle;
  }

  async listSecretVersions(page: string | undefined): Promise<OciVersionPage> {
    const secretId = this.#config.secretOcid;
    const { items, opcNextPage } = await this.#http.call('ListSecretVersions', (http) =>
      this.#vaults(http).listSecretVersions({
        secretId,
        limit: PAGE_VERSIONS,
        ...(page !== undefined && { page }),
      }),
    );
    return { versions: items, nextPage: opcNextPage };
  }

  async scheduleSecretVersionDeletion(number: number, timeOfDeletion: Date): Promise<void> {
    await this.#http.call('ScheduleSecretVersionDeletion', (http) =>
      this.#vaults(http).scheduleSecretVersionDeletion({
        secretId: this.#config.secretOcid,
        secretVersionNumber: number,
        scheduleSecretVersionDeletionDetails: { timeOfDeletion },
      }),
    );
  }

  async #updateSecret(request: {
    readonly updateSecretDetails: models.UpdateSecretDetails;
    readonly ifMatch?: string;
  }): Promise<void> {
    const secretId = this.#config.secretOcid;
    await this.#http.call('UpdateSecret', (http) =>
      this.#vaults(http).updateSecret({ secretId, ...request }),
    );
  }

  #vaults(httpClient: HttpClient): VaultsClient {
    return this.#addressed(new VaultsClient({ httpClient }, ONE_ATTEMPT), 'vaults');
  }

  #secrets(httpClient: HttpClient): SecretsClient {
    return this.#addressed(new SecretsClient({ httpClient }, ONE_ATTEMPT), 'secrets');
  }

  #addressed<Client extends VaultsClient | SecretsClient>(
    client: Client,
    service: 'vaults' | 'secrets',
  ): Client {
    const { region, endpoints } = this.#config;
    if (endpoints === undefined) client.regionId = region;
    // The SDK appends the API's version to it.
    else client.endpoint = endpoints[service].replace(/\/+$/, '');
    return client;
  }
}

function bundleQuery(selector: MirrorSelector): Omit<requests.GetSecretBundleRequest, 'secretId'> {
  // The SDK puts values into the query as they are.
  if ('name' in selector) return { secretVersionName: encodeURIComponent(selector.name) };
  if ('number' in selector) return { versionNumber: selector.number };
  return { stage: STAGE_BY_NAME[selector.stage] };
}
