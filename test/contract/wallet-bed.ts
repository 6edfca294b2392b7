import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { WalletSource } from '../../config/wallet-config.ts';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import type { TrustParts } from '../../lambda/compose-trust.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import type { StandIn } from '../../local/aws/http-stand-in.ts';
import { FaultPlan } from '../../local/faults.ts';
import { startObjectStorage } from '../../local/oci/object-storage-server.ts';
import { ObjectStorage } from '../../local/oci/object-storage.ts';
import { apiKey } from './mirror-subjects.ts';

export const WALLET_PASSWORD = 'wallet-password-1';
export const BUCKET = 'wallets';
export const KEY = 'orders/wallet.zip';
const PLACE = { namespace: 'axexample', bucket: BUCKET, object: KEY };
const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** The places that a wallet can be kept in. */
export const PLACES = ['secret', 's3', 'object-storage', 'url'] as const;
export type Place = (typeof PLACES)[number];

/** The call that asks a place for the wallet, as a fault plan names it. */
export const CALLS: Readonly<Record<Place, string>> = {
  secret: 'secretsmanager:GetSecretValue',
  s3: 's3:GetObject',
  'object-storage': 'objectstorage:GetObject',
  url: 'objectstorage:GetPreauthenticated',
};

/** Both clouds with a wallet in them, and what the function reads it with. */
export class WalletBed {
  readonly aws: AwsServer;
  readonly storage: ObjectStorage;
  readonly faults: FaultPlan;
  readonly objectStorage: StandIn;
  readonly s3: S3Client;
  readonly secretsManager: ReturnType<typeof makeSecretsManagerClient>;
  readonly redactor = new Redactor();
  readonly #apiKeyArn: string;
  #secrets = 0;

  private constructor(
    servers: Pick<WalletBed, 'aws' | 'storage' | 'faults' | 'objectStorage'>,
    apiKeySecret: string,
  ) {
    this.aws = servers.aws;
    this.storage = servers.storage;
    this.faults = servers.faults;
    this.objectStorage = servers.objectStorage;
    const { urls, environment } = servers.aws;
    this.s3 = new S3Client({
      endpoint: urls.s3,
      region: REGION,
      forcePathStyle: true,
      credentials: CREDENTIALS,
    });
    this.secretsManager = makeSecretsManagerClient(environment, {
      endpoint: urls.secretsManager,
      region: REGION,
      credentials: CREDENTIALS,
    });
    this.#apiKeyArn = this.storeSecret('oci-api-key', apiKeySecret);
  }

  static async start(): Promise<WalletBed> {
    const faults = new FaultPlan();
    const key = await apiKey();
    const storage = new ObjectStorage({ now: () => Date.now() });
    const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
    const [aws, objectStorage] = await Promise.all([
      startAwsServer({
        rotation: { invoke: () => Promise.resolve() },
        faults,
        buckets: [{ name: BUCKET }],
      }),
      startObjectStorage({ storage, publicKeys, faults }),
    ]);
    const { tenancyId: tenancy, userId: user, fingerprint, privateKeyPem: privateKey } = key;
    const secret = JSON.stringify({ tenancy, user, fingerprint, privateKey });
    return new WalletBed({ aws, storage, faults, objectStorage }, secret);
  }

  /** Puts a wallet into a place, its password where that place has it, and says how to find it. */
  store(
    place: Place,
    wallet: Uint8Array,
    { password = WALLET_PASSWORD }: { password?: string } = {},
  ): WalletSource {
    const walletPasswordSecretArn = this.storeSecret('password', { password });
    switch (place) {
      case 'secret': {
        const text = Buffer.from(wallet).toString('base64');
        return { walletSecretArn: this.storeSecret('wallet', { wallet: text, password }) };
      }
      case 's3': {
        const object = { bytes: Buffer.from(wallet), checksum: undefined, headers: {} };
        this.aws.buckets.put(BUCKET, KEY, object);
        return { walletS3Bucket: BUCKET, walletS3Key: KEY, walletPasswordSecretArn };
      }
      case 'object-storage':
        this.storage.put(PLACE, wallet);
        return {
          walletMirror: 'oci',
          walletOciNamespace: PLACE.namespace,
          walletOciBucket: BUCKET,
          walletOciObject: KEY,
          walletPasswordSecretArn,
        };
      case 'url':
        return this.storeUrl(this.preauthenticate(wallet), { password });
    }
  }

  /** Puts a wallet into Object Storage, and makes a URL that opens it for a day. */
  preauthenticate(wallet: Uint8Array): string {
    this.storage.put(PLACE, wallet);
    return this.objectStorage.url + this.storage.preauthenticate(PLACE, Date.now() + DAY_MS);
  }

  storeUrl(url: string, { password = WALLET_PASSWORD }: { password?: string } = {}): WalletSource {
    return { walletUrlSecretArn: this.storeSecret('url', { url, password }) };
  }

  storeSecret(name: string, content: object | string): string {
    const { ARN: arn = '' } = this.aws.secretsManager.createSecret({
      Name: `${name}-${this.#secrets}`,
      ClientRequestToken: randomUUID(),
      SecretString: typeof content === 'string' ? content : JSON.stringify(content),
    });
    this.#secrets += 1;
    return arn;
  }

  /** @param budget @default a minute */
  parts(budget = new TimeBudget(() => 60_000)): TrustParts {
    return {
      container: {
        taskRoot: '.',
        secretsManager: this.secretsManager,
        // The mirror signs in with an API key.
        sts: () => Promise.reject(new Error('there is no STS here')),
        ociSessions: new Map(),
        audit: () => Promise.resolve({ s3: this.s3 }),
        config: { mirrors: [this.#mirror()] },
      },
      ociAccesses: new Map(),
      budget,
      redactor: this.redactor,
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    };
  }

  async close(): Promise<void> {
    this.s3.destroy();
    this.secretsManager.destroy();
    await Promise.all([this.aws.close(), this.objectStorage.close()]);
  }

  #mirror(): OciVaultConfig {
    const { url } = this.objectStorage;
    return {
      name: 'oci',
      type: 'oci-vault',
      secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
      region: 'eu-frankfurt-1',
      auth: { type: 'api-key', secretArn: this.#apiKeyArn },
      endpoints: { vaults: url, secrets: url, objectStorage: url },
    };
  }
}
