import type {
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';

/** The calls of Secrets Manager that a store makes, in the SDK's own shapes; they throw the SDK's own errors. */
export interface SecretsManagerCalls {
  describeSecret(request: DescribeSecretRequest): Promise<DescribeSecretResponse>;
  getSecretValue(request: GetSecretValueRequest): Promise<GetSecretValueResponse>;
  listSecretVersionIds(request: ListSecretVersionIdsRequest): Promise<ListSecretVersionIdsResponse>;
  putSecretValue(request: PutSecretValueRequest): Promise<PutSecretValueResponse>;
  updateSecretVersionStage(
    request: UpdateSecretVersionStageRequest,
  ): Promise<UpdateSecretVersionStageResponse>;
}
