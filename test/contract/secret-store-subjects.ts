import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { parseSecretDocument } from '../../lambda/adapters/secret-document.ts';
import { SecretsManagerStore } from '../../lambda/adapters/secrets-manager.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { SecretDocument } from '../../lambda/domain/secret-document.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import { startAwsServer, type AwsServer } from '../../local/aws/aws-server.ts';
import { withLabel, withVersion } from '../../local/aws/secret-state.ts';
import type { StaleReads } from '../../local/aws/secret-store.ts';
import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';
import { FaultPlan } from '../../local/faults.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { makeMemorySecretStore } from '../../local/memory/secret-store.ts';

const MINUTE_MS = 60_000;

/** A store and what is behind it. The service's clock has to move on by itself or between writes. */
export interface SecretStoreSubject {
  /** The store of the secret of that ARN. */
  readonly storeOf: (secretArn: string) => SecretStore;
  readonly model: SecretsManagerModel;
  readonly faults: FaultPlan;
  /** Moves the service's clock on. */
  readonly advance: (durationMs: number) => void;
  readonly close: () => Promise<void>;
}

export const FIRST = '11111111-1111-4111-8111-111111111111';
export const SECOND = '22222222-2222-4222-8222-222222222222';
export const THIRD = '33333333-3333-4333-8333-333333333333';
export const UNKNOWN = '99999999-9999-4999-8999-999999999999';
/** Spacing, order and an unknown key are to survive. */
export const FIRST_TEXT =
  '{ "engine":"postgres", "username":"app", "password":"first-password", "team": {"id": 7} }';
export const SECOND_TEXT = '{"username":"app","password":"second-password"}';
export const OTHER_TEXT = '{"username":"app","password":"other-password"}';

export function documentOf(text: string): SecretDocument {
  return parseSecretDocument(text, { vault: 'test', version: 'test', redactor: new Redactor() });
}

/** Makes the secret, with FIRST as AWSCURRENT. */
export function createSecret(model: SecretsManagerModel, text = FIRST_TEXT): string {
  const request = { Name: 'app-database', ClientRequestToken: FIRST, SecretString: text };
  return model.createSecret(request).ARN ?? '';
}

/** What RotateSecret does first: a version that has AWSPENDING and no value. */
export function beginRotation(model: SecretsManagerModel, secretArn: string): void {
  const state = model.inspect(secretArn);
  const version = { versionId: SECOND, createdAt: model.now() };
  model.replace(withLabel(withVersion(state, version), 'AWSPENDING', SECOND));
}

export function startMemory(): Promise<SecretStoreSubject> {
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const model = new SecretsManagerModel({ now: () => clock.now() });
  const redactor = new Redactor();
  return Promise.resolve({
    model,
    faults,
    storeOf: (secretArn) => makeMemorySecretStore({ model, secretArn, faults, clock, redactor }),
    advance: (durationMs) => {
      clock.advance(durationMs);
    },
    close: () => Promise.resolve(),
  });
}

/** The real adapter before the stand-in, over HTTP. */
export interface AdapterSubject extends SecretStoreSubject {
  readonly server: AwsServer;
  readonly clock: JumpingClock;
  readonly redactor: Redactor;
  readonly client: ReturnType<typeof makeSecretsManagerClient>;
  readonly storeOf: (secretArn: string, budget?: TimeBudget) => SecretStore;
}

export async function startAdapter(
  options: { staleReads?: StaleReads } = {},
): Promise<AdapterSubject> {
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const redactor = new Redactor();
  const invoke = (): Promise<void> => Promise.resolve();
  const now = (): number => clock.now();
  const server = await startAwsServer({ rotation: { invoke }, now, faults, ...options });
  const client = makeSecretsManagerClient(server.environment, {
    endpoint: server.urls.secretsManager,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const ample = new TimeBudget(() => 10 * MINUTE_MS);
  return {
    server,
    clock,
    faults,
    redactor,
    client,
    model: server.secretsManager,
    storeOf: (secretArn, budget = ample) =>
      new SecretsManagerStore({ client, secretArn, budget, clock, redactor }),
    advance: (durationMs) => {
      clock.advance(durationMs);
    },
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
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
