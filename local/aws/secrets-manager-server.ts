import type { HttpService } from './http-stand-in.ts';
import { jsonService } from './json-protocol.ts';
import type { RotationService } from './rotation-service.ts';
import type { SecretsManagerModel } from './secrets-manager-model.ts';

/** Secrets Manager over HTTP. */
export function secretsManagerService(
  model: SecretsManagerModel,
  rotations: RotationService,
): HttpService {
  return jsonService({
    name: 'secretsmanager',
    targetPrefix: 'secretsmanager',
    internalError: 'InternalServiceError',
    decode: (input) => {
      const { SecretBinary: base64 } = input;
      if (typeof base64 !== 'string') return input;
      return { ...input, SecretBinary: Buffer.from(base64, 'base64') };
    },
    operations: {
      CreateSecret: model.createSecret.bind(model),
      GetSecretValue: model.getSecretValue.bind(model),
      DescribeSecret: model.describeSecret.bind(model),
      ListSecretVersionIds: model.listSecretVersionIds.bind(model),
      PutSecretValue: model.putSecretValue.bind(model),
      UpdateSecretVersionStage: model.updateSecretVersionStage.bind(model),
      DeleteSecret: model.deleteSecret.bind(model),
      RestoreSecret: model.restoreSecret.bind(model),
      RotateSecret: rotations.rotateSecret.bind(rotations),
      CancelRotateSecret: rotations.cancelRotateSecret.bind(rotations),
    },
  });
}
