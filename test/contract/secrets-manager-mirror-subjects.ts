import { SecretsManagerMirror } from '../../lambda/adapters/secrets-manager-mirror.ts';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { SecretsManagerStore } from '../../lambda/adapters/secrets-manager.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import { startAwsServer } from '../../local/aws/aws-server.ts';
import { labelsOf } from '../../local/aws/secret-state.ts';
import type { StaleReads } from '../../local/aws/secret-store.ts';
import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';
import { FaultPlan } from '../../local/faults.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { makeMemorySecretsManagerMirror } from '../../local/memory/secrets-manager-mirror.ts';
import { FIRST, FIRST_TEXT, type MirrorSubject } from './mirror-subjects.ts';

const MINUTE_MS = 60_000;
const NAME = 'secrets-manager-strings';

export interface SecretsManagerSubject extends MirrorSubject {
  readonly model: SecretsManagerModel;
  readonly clock: JumpingClock;
  readonly redactor: Redactor;
}

/** The rules of the adapter over the model of the service, without HTTP. */
export function startMemory(): Promise<SecretsManagerSubject> {
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const redactor = new Redactor();
  const model = new SecretsManagerModel({ now: ticking(clock) });
  return Promise.resolve({
    ...traits(model),
    clock,
    redactor,
    faults,
    mirrorOf: (secretArn) =>
      makeMemorySecretsManagerMirror({ name: NAME, model, secretArn, faults, clock, redactor }),
    close: () => Promise.resolve(),
  });
}

/** The real adapter before the stand-in, over HTTP. */
export async function startAdapter(
  options: { readonly staleReads?: StaleReads } = {},
): Promise<SecretsManagerSubject> {
  const clock = new JumpingClock();
  const faults = new FaultPlan();
  const redactor = new Redactor();
  const invoke = (): Promise<void> => Promise.resolve();
  const now = ticking(clock);
  const server = await startAwsServer({ rotation: { invoke }, now, faults, ...options });
  const client = makeSecretsManagerClient(server.environment, {
    endpoint: server.urls.secretsManager,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const budget = new TimeBudget(() => 10 * MINUTE_MS);
  return {
    ...traits(server.secretsManager),
    clock,
    redactor,
    faults,
    mirrorOf: (secretArn): Mirror => {
      const options = { client, secretArn, name: NAME, budget, clock, redactor };
      return new SecretsManagerMirror({ store: new SecretsManagerStore(options), clock });
    },
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

/** Every look at the service's clock is a millisecond later than the one before, as two calls over a network are. */
function ticking(clock: JumpingClock): () => number {
  return () => {
    clock.advance(1);
    return clock.now();
  };
}

function traits(
  model: SecretsManagerModel,
): Omit<SecretsManagerSubject, 'mirrorOf' | 'faults' | 'close' | 'clock' | 'redactor'> {
  let made = 0;
  return {
    model,
    createSecret: ({ isRotated = false } = {}) => {
      made += 1;
      const secretArn =
        model.createSecret({
          Name: `strings-${made}`,
          ClientRequestToken: FIRST,
          SecretString: FIRST_TEXT,
        }).ARN ?? '';
      if (isRotated) switchRotationOn(model, secretArn);
      return secretArn;
    },
    saveByHand: (secretArn, text) => {
      model.putSecretValue({
        SecretId: secretArn,
        ClientRequestToken: '44444444-4444-4444-8444-444444444444',
        SecretString: text,
      });
    },
    deleteSecret: (secretArn) => {
      model.deleteSecret({ SecretId: secretArn });
    },
    versions: (secretArn) => versionsOf(model, secretArn),
    missingSecretId: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:missing-AAAAAA',
    documentBytesMax: 65_536,
    marksLatest: false,
    removesByItself: true,
    calls: {
      any: 'secretsmanager:*',
      stage: 'secretsmanager:PutSecretValue',
      promote: 'secretsmanager:UpdateSecretVersionStage',
    },
    says: {
      missing: 'ResourceNotFoundException',
      deleted: 'restore the secret with RestoreSecret',
      outOfOrder: 'InternalServiceError',
    },
  };
}

function switchRotationOn(model: SecretsManagerModel, secretArn: string): void {
  const lambdaArn = 'arn:aws:lambda:eu-west-1:111111111111:function:another';
  const rotation = { enabled: true, lambdaArn, configuredAt: model.now() };
  model.replace({ ...model.inspect(secretArn), rotation });
}

const STAGES: Readonly<Record<string, string>> = {
  AWSCURRENT: 'CURRENT',
  AWSPREVIOUS: 'PREVIOUS',
  AWSPENDING: 'PENDING',
};

/** In the words of the port, where AWSPENDING beside another label says nothing. */
function versionsOf(model: SecretsManagerModel, secretArn: string): string[] {
  const state = model.inspect(secretArn);
  return [...state.versions.keys()].map((versionId) => {
    const labels = labelsOf(state, versionId);
    const telling = labels.length > 1 ? labels.filter((one) => one !== 'AWSPENDING') : labels;
    const stages = telling.map((label) => STAGES[label] ?? label).join('+') || 'DEPRECATED';
    return `${versionId.slice(0, 1)} ${stages}`;
  });
}
