import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { OciAccess } from '../../lambda/adapters/oci-access.ts';
import { parseOciApiKeySecret } from '../../lambda/adapters/oci-api-key-secret.ts';
import { makeOciVaultMirror } from '../../lambda/adapters/oci-vault.ts';
import { parseSecretDocument } from '../../lambda/adapters/secret-document.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { SecretDocument } from '../../lambda/domain/secret-document.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import { FaultPlan } from '../../local/faults.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { makeMemoryMirror } from '../../local/memory/mirror.ts';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { OciServer } from '../../local/oci/oci-server.ts';
import type { CreateSecretDetails } from '../../local/oci/secret-details.ts';
import type { SecretSeed } from '../../local/oci/secret-record.ts';
import { VaultModel } from '../../local/oci/vault-model.ts';

const MINUTE_MS = 60_000;

/** How slow the vault behind the mirror is. @default not at all */
export interface VaultPace {
  readonly updatingMs?: number;
  readonly readLagMs?: number;
}

/** A mirror and what is behind it. Its clock jumps where it would wait, and the vault's clock is the same one. */
export interface MirrorSubject {
  /** Makes a secret; its first version, named FIRST, is CURRENT. */
  readonly createSecret: (options?: { readonly isRotated?: boolean }) => string;
  readonly mirrorOf: (secretId: string) => Mirror;
  /** Stores another CURRENT version, as a person does. */
  readonly saveByHand: (secretId: string, text: string) => void;
  readonly deleteSecret: (secretId: string) => void;
  /** First digit of the name and stages of every version, oldest first, as the vault itself has them. */
  readonly versions: (secretId: string) => readonly string[];
  readonly missingSecretId: string;
  readonly documentBytesMax: number;
  /** Whether the vault says which version is the newest. */
  readonly marksLatest: boolean;
  /** Whether the vault removes DEPRECATED versions without being asked. */
  readonly removesByItself: boolean;
  /** Calls as the fault plan names them. */
  readonly calls: { readonly any: string; readonly stage: string; readonly promote: string };
  /** What the errors say, and the code with which the service says that it is out of order. */
  readonly says: {
    readonly missing: string;
    readonly deleted: string;
    readonly outOfOrder: string;
  };
  readonly faults: FaultPlan;
  readonly close: () => Promise<void>;
}

/** The mirror, named oci-frankfurt, before a vault of OCI. */
export interface OciMirrorSubject extends MirrorSubject {
  readonly model: VaultModel;
  /** In the remedy of a signature that OCI does not accept. */
  readonly signInHint: string;
}

const MISSING_OCID = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.missing';

/** What is the same however the function is let in; the hint is that of an API key. */
export function ociTraits(
  model: VaultModel,
): Omit<OciMirrorSubject, 'mirrorOf' | 'faults' | 'close'> {
  return {
    model,
    signInHint: 'fingerprint',
    createSecret: ({ isRotated = false } = {}) =>
      createOciSecret(
        model,
        isRotated
          ? {
              details: {
                secretName: 'rotated',
                rotationConfig: { isScheduledRotationEnabled: true },
              },
            }
          : {},
      ),
    saveByHand: (secretOcid, text) => {
      const content = Buffer.from(text).toString('base64');
      model.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content } });
    },
    deleteSecret: (secretOcid) => {
      model.scheduleSecretDeletion(secretOcid);
    },
    versions: (secretOcid) => versionsOf(model, secretOcid),
    missingSecretId: MISSING_OCID,
    documentBytesMax: 19_200,
    marksLatest: true,
    removesByItself: false,
    calls: { any: 'oci:*', stage: 'oci:UpdateSecret', promote: 'oci:PromoteSecretVersion' },
    says: {
      missing: `where target.secret.id = '${MISSING_OCID}'`,
      deleted: 'PENDING_DELETION',
      outOfOrder: 'InternalServerError',
    },
  };
}

export const FIRST = '11111111-1111-4111-8111-111111111111';
export const SECOND = '22222222-2222-4222-8222-222222222222';
export const THIRD = '33333333-3333-4333-8333-333333333333';
export const FIRST_TEXT = '{ "username":"app", "password":"first-password", "team": {"id": 7} }';
export const SECOND_TEXT = '{"username":"app","password":"second-password"}';
export const THIRD_TEXT = '{"username":"app","password":"third-password"}';

export function documentOf(text: string): SecretDocument {
  return parseSecretDocument(text, { vault: 'test', version: 'test', redactor: new Redactor() });
}

/** Makes the secret; version 1, named FIRST, is CURRENT. */
export function createOciSecret(
  model: VaultModel,
  options: {
    readonly text?: string;
    readonly seed?: SecretSeed;
    readonly details?: Partial<CreateSecretDetails>;
  } = {},
): string {
  const { text = FIRST_TEXT, seed, details } = options;
  const content = Buffer.from(text).toString('base64');
  return model.createSecret(
    {
      compartmentId: 'ocid1.compartment.oc1..test',
      vaultId: 'ocid1.vault.oc1.eu-frankfurt-1.test',
      keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
      secretName: 'app-database',
      secretContent: { contentType: 'BASE64', content, name: FIRST },
      ...details,
    },
    seed,
  ).body.id;
}

/** First digit of the name and stages of every version, oldest first, as the vault itself has them. */
export function versionsOf(model: VaultModel, secretOcid: string): string[] {
  return model
    .listSecretBundleVersions(secretOcid)
    .map((one) => `${one.versionName?.slice(0, 1) ?? '-'} ${one.stages.join('+')}`)
    .toReversed();
}

export function startMemory(pace: VaultPace = {}): Promise<OciMirrorSubject> {
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const redactor = new Redactor();
  const model = new VaultModel({ now: () => clock.now(), ...pace });
  return Promise.resolve({
    ...ociTraits(model),
    faults,
    mirrorOf: (secretOcid) =>
      makeMemoryMirror({ name: 'oci-frankfurt', model, secretOcid, redactor, clock, faults }),
    close: () => Promise.resolve(),
  });
}

let madeKey: Promise<ApiKey> | undefined;

/** Making a key takes long; one for all tests of a file will do. */
export async function apiKey(): Promise<ApiKey> {
  madeKey ??= createApiKey();
  return await madeKey;
}

/** The real adapter before the stand-in, over HTTP. */
export interface AdapterSubject extends OciMirrorSubject {
  readonly server: OciServer;
  readonly clock: JumpingClock;
  readonly redactor: Redactor;
  readonly mirrorOf: (secretOcid: string, budget?: TimeBudget) => Mirror;
}

export async function startAdapter(pace: VaultPace = {}): Promise<AdapterSubject> {
  const key = await apiKey();
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const redactor = new Redactor();
  const model = new VaultModel({ now: () => clock.now(), ...pace });
  const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
  const server = await OciServer.start({ model, publicKeys, faults });
  return {
    ...ociTraits(model),
    server,
    clock,
    faults,
    redactor,
    mirrorOf: (secretOcid, budget) =>
      mirrorAt(server.url, { secretOcid, clock, redactor, key, ...(budget && { budget }) }),
    close: async () => {
      await server.close();
    },
  };
}

export function mirrorAt(
  url: string,
  options: {
    readonly secretOcid: string;
    readonly clock: JumpingClock;
    readonly redactor: Redactor;
    readonly budget?: TimeBudget;
    readonly key: ApiKey;
  },
): Mirror {
  const { secretOcid, clock, redactor, key } = options;
  const { budget = new TimeBudget(() => 10 * MINUTE_MS) } = options;
  const config = configOf(secretOcid, { vaults: url, secrets: url });
  return makeOciVaultMirror({
    config,
    access: accessOf(key),
    budget,
    clock,
    redactor,
  });
}

export function configOf(
  secretOcid: string,
  endpoints?: OciVaultConfig['endpoints'],
): OciVaultConfig {
  return {
    name: 'oci-frankfurt',
    type: 'oci-vault',
    secretOcid,
    region: 'eu-frankfurt-1',
    auth: {
      type: 'api-key',
      secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:oci-key-AAAAAA',
    },
    endpoints,
  };
}

export function accessOf(key: ApiKey): OciAccess {
  const { tenancyId: tenancy, userId: user, fingerprint, privateKeyPem: privateKey } = key;
  return parseOciApiKeySecret(JSON.stringify({ tenancy, user, fingerprint, privateKey }), {
    secretArn: 'arn:test',
    redactor: new Redactor(),
  });
}

/** What the work fails with. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error,
  );
}
