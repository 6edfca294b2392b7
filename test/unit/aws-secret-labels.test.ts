import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const V4 = '00000000-0000-4000-8000-000000000004';

/** A model with a secret `app` of one version, V1. */
function withSecret(): SecretsManagerModel {
  const model = new SecretsManagerModel({ now: () => 0 });
  model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  return model;
}

function put(model: SecretsManagerModel, versionId: string, text: string, labels?: string[]): void {
  const value = { SecretString: text, VersionStages: labels };
  model.putSecretValue({ SecretId: 'app', ClientRequestToken: versionId, ...value });
}

function move(model: SecretsManagerModel, request: object): void {
  model.updateSecretVersionStage({ SecretId: 'app', VersionStage: 'AWSCURRENT', ...request });
}

function labels(model: SecretsManagerModel): Record<string, string[]> | undefined {
  return model.describeSecret({ SecretId: 'app' }).VersionIdsToStages;
}

function refused(error: { name: string; message?: string }): Error {
  return expect.objectContaining(error) as Error;
}

describe('UpdateSecretVersionStage', () => {
  test('moves AWSPREVIOUS along with AWSCURRENT, and leaves AWSPENDING beside it', () => {
    const model = withSecret();
    put(model, V2, 'two', ['AWSPENDING', 'PUT1']);
    move(model, { MoveToVersionId: V2, RemoveFromVersionId: V1 });
    expect(labels(model)).toEqual({
      [V1]: ['AWSPREVIOUS'],
      [V2]: ['AWSCURRENT', 'AWSPENDING', 'PUT1'],
    });
    put(model, V3, 'three', ['AWSPENDING', 'PUT2']);
    move(model, { MoveToVersionId: V3, RemoveFromVersionId: V2 });
    expect(labels(model)).toEqual({
      [V2]: ['AWSPREVIOUS', 'PUT1'],
      [V3]: ['AWSCURRENT', 'AWSPENDING', 'PUT2'],
    });
  });

  test('moves AWSCURRENT back to AWSPREVIOUS', () => {
    const model = withSecret();
    put(model, V2, 'two');
    move(model, { MoveToVersionId: V1, RemoveFromVersionId: V2 });
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPREVIOUS'] });
    expect(model.getSecretValue({ SecretId: 'app' }).SecretString).toBe('one');
  });

  test.each(['AWSCURRENT', 'AWSPENDING', 'mine'])(
    'fails when %s is on another version and RemoveFromVersionId is missing',
    (label) => {
      const model = withSecret();
      put(model, V2, 'two', ['AWSPENDING', 'mine']);
      put(model, V4, 'four', ['else']);
      const holder = label === 'AWSCURRENT' ? V1 : V2;
      const request = { VersionStage: label, MoveToVersionId: V4 };
      expect(() => {
        move(model, request);
      }).toThrow(
        refused({
          name: 'InvalidParameterException',
          message: `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
        }),
      );
    },
  );

  test('fails when RemoveFromVersionId is not the version that has the label', () => {
    const model = withSecret();
    put(model, V2, 'two', ['AWSPENDING']);
    const request = { MoveToVersionId: V2, RemoveFromVersionId: V2 };
    expect(() => {
      move(model, request);
    }).toThrow(refused({ name: 'InvalidParameterException' }));
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  test('fails when a move that took effect is repeated', () => {
    const model = withSecret();
    put(model, V2, 'two', ['AWSPENDING']);
    const request = { MoveToVersionId: V2, RemoveFromVersionId: V1 };
    move(model, request);
    expect(() => {
      move(model, request);
    }).toThrow(refused({ name: 'InvalidParameterException' }));
  });

  test('deprecates a version that loses its last label: it can be read by its id only', () => {
    const model = withSecret();
    put(model, V2, 'two', ['AWSPENDING']);
    move(model, { VersionStage: 'AWSPENDING', RemoveFromVersionId: V2 });
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(model.getSecretValue({ SecretId: 'app', VersionId: V2 }).SecretString).toBe('two');
    const byLabel = { SecretId: 'app', VersionStage: 'AWSPENDING' };
    expect(() => model.getSecretValue(byLabel)).toThrow(
      refused({ name: 'ResourceNotFoundException' }),
    );
  });

  test('fails when AWSCURRENT would be on no version', () => {
    const model = withSecret();
    expect(() => {
      move(model, { RemoveFromVersionId: V1 });
    }).toThrow(
      refused({
        name: 'InvalidParameterException',
        message:
          'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      }),
    );
  });

  test('fails when the version to move to does not exist', () => {
    const model = withSecret();
    const request = { MoveToVersionId: V2, RemoveFromVersionId: V1 };
    expect(() => {
      move(model, request);
    }).toThrow(refused({ name: 'ResourceNotFoundException' }));
  });
});
