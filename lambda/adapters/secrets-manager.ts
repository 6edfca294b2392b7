import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import { AwsSecretStore } from './aws-secret-store.ts';
import type { SecretsManagerCalls } from './secrets-manager-calls.ts';
import { callOptions } from './secrets-manager-client.ts';

export interface SecretsManagerStoreOptions {
  /** Of `makeSecretsManagerClient`. */
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  /** @default secrets-manager */
  readonly name?: string;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  /** Takes up every secret that is read or staged. */
  readonly redactor: Redactor;
}

/** The leading vault over the AWS SDK. Every call ends within the budget. */
export class SecretsManagerStore extends AwsSecretStore {
  constructor({ client, budget, ...options }: SecretsManagerStoreOptions) {
    super({ ...options, calls: callsOf(client, budget) });
  }
}

function callsOf(client: SecretsManagerClient, budget: TimeBudget): SecretsManagerCalls {
  return {
    describeSecret: async (request) =>
      await client.send(new DescribeSecretCommand(request), callOptions(budget)),
    getSecretValue: async (request) =>
      await client.send(new GetSecretValueCommand(request), callOptions(budget)),
    listSecretVersionIds: async (request) =>
      await client.send(new ListSecretVersionIdsCommand(request), callOptions(budget)),
    putSecretValue: async (request) =>
      await client.send(new PutSecretValueCommand(request), callOptions(budget)),
    updateSecretVersionStage: async (request) =>
      await client.send(new UpdateSecretVersionStageCommand(request), callOptions(budget)),
  };
}
