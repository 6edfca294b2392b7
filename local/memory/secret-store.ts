import { AwsSecretStore } from '../../lambda/adapters/aws-secret-store.ts';
import type { SecretsManagerCalls } from '../../lambda/adapters/secrets-manager-calls.ts';
import type { Redactor } from '../../lambda/domain/redactor.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import type { SecretsManagerModel } from '../aws/secrets-manager-model.ts';
import { AwsServiceError } from '../aws/service-error.ts';
import { atOnce, type Turn } from './turn.ts';
import { underFaults, type FaultErrors, type MemoryFaults } from './under-faults.ts';

export interface MemorySecretStoreOptions extends MemoryFaults {
  readonly model: SecretsManagerModel;
  readonly secretArn: string;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly turn?: Turn | undefined;
  /** As the adapter's; for models whose reads are stale. @default none */
  readonly settleDelaysMs?: readonly number[];
}

/**
 * The store's own rules over the service's model, without HTTP and without the SDK's repetitions: every fault shows.
 * Calls are named in the fault plan as the stand-in names them, `secretsmanager:PutSecretValue` for one. `refuse`
 * without a code is AccessDeniedException.
 */
export function makeMemorySecretStore(options: MemorySecretStoreOptions): SecretStore {
  const { settleDelaysMs = [] } = options;
  return new AwsSecretStore({ ...options, calls: memoryCallsOf(options), settleDelaysMs });
}

const ERRORS: FaultErrors = {
  refused: ({ code = 'AccessDeniedException', message = 'refused by the fault plan' }) =>
    new AwsServiceError(code, message, { status: code.startsWith('Internal') ? 500 : 400 }),
  throttled: () => new AwsServiceError('ThrottlingException', 'Rate exceeded'),
  lost: (kind) => Object.assign(new Error(`no answer (${kind})`), { name: 'TimeoutError' }),
};

/** The calls of the service over its model. */
export function memoryCallsOf(options: MemorySecretStoreOptions): SecretsManagerCalls {
  const { model, turn = atOnce } = options;
  const call = async <Result>(operation: string, effect: () => Result): Promise<Result> => {
    try {
      const made = { call: `secretsmanager:${operation}`, effect, errors: ERRORS };
      return await turn(async () => await underFaults(options, made));
    } catch (error) {
      throw error instanceof AwsServiceError ? asSdkError(error) : error;
    }
  };
  return {
    describeSecret: (request) => call('DescribeSecret', () => model.describeSecret(request)),
    getSecretValue: (request) => call('GetSecretValue', () => model.getSecretValue(request)),
    listSecretVersionIds: (request) =>
      call('ListSecretVersionIds', () => model.listSecretVersionIds(request)),
    putSecretValue: (request) => call('PutSecretValue', () => model.putSecretValue(request)),
    updateSecretVersionStage: (request) =>
      call('UpdateSecretVersionStage', () => model.updateSecretVersionStage(request)),
  };
}

/** A refusal in the shape in which the SDK throws it. */
function asSdkError({ name, message, status }: AwsServiceError): Error {
  const $fault = status >= 500 ? 'server' : 'client';
  return Object.assign(new Error(message), {
    name,
    $fault,
    $metadata: { httpStatusCode: status, attempts: 1 },
  });
}
