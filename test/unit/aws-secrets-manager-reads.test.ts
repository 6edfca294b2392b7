import { staleForMs, staleForReads } from '../../local/aws/secret-store.ts';
import {
  SecretsManagerModel,
  type SecretsManagerModelOptions,
} from '../../local/aws/secrets-manager-model.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
/** PutSecretValue of V2 and V3. */
const TWO = { SecretId: 'app', ClientRequestToken: V2, SecretString: 'two' };
const THREE = { SecretId: 'app', ClientRequestToken: V3, SecretString: 'three' };
const PENDING = { VersionStages: ['AWSPENDING'] };
const START = Date.parse('2026-11-20T10:30:00Z');
const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001';

/** A model whose clock stands until it is moved, with a secret `app` of one version, V1, holding "one". */
function withSecret(options: Partial<SecretsManagerModelOptions> = {}): {
  model: SecretsManagerModel;
  clock: { time: number };
} {
  const clock = { time: START };
  const model = new SecretsManagerModel({ now: () => clock.time, ...options });
  model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  return { model, clock };
}

function labels(model: SecretsManagerModel): Record<string, string[]> | undefined {
  return model.describeSecret({ SecretId: 'app' }).VersionIdsToStages;
}

function refused(error: { name?: string; message?: string }): Error {
  return expect.objectContaining(error) as Error;
}

describe('SecretsManagerModel: reading', () => {
  test('reads AWSCURRENT when neither version nor label is named', () => {
    const { model } = withSecret();
    expect(model.getSecretValue({ SecretId: 'app' })).toEqual({
      ARN,
      Name: 'app',
      VersionId: V1,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date('2026-11-20T10:30:00Z'),
    });
  });

  test.each(['app', ARN, ARN.slice(0, -7)])('finds the secret as %s', (secretId) => {
    const { model } = withSecret();
    expect(model.getSecretValue({ SecretId: secretId }).SecretString).toBe('one');
  });

  test('reads bytes as bytes', () => {
    const { model } = withSecret();
    const request = {
      SecretId: 'app',
      ClientRequestToken: V2,
      SecretBinary: Uint8Array.of(0, 255),
    };
    model.putSecretValue(request);
    expect(model.getSecretValue({ SecretId: 'app' })).toMatchObject({
      SecretBinary: Uint8Array.of(0, 255),
    });
    expect(model.getSecretValue({ SecretId: 'app' })).not.toHaveProperty('SecretString');
  });

  test.each([
    [{ SecretId: 'other' }, "Secrets Manager can't find the specified secret."],
    [
      { SecretId: 'app', VersionStage: 'AWSPREVIOUS' },
      "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    ],
    [
      { SecretId: 'app', VersionId: V2 },
      `Secrets Manager can't find the specified secret value for VersionId: ${V2}`,
    ],
  ])('fails when there is nothing to read: %j', (request, message) => {
    const { model } = withSecret();
    expect(() => model.getSecretValue(request)).toThrow(
      refused({
        name: 'ResourceNotFoundException',
        message,
      }),
    );
  });

  test('fails when the version named does not have the label named', () => {
    const { model } = withSecret();
    model.putSecretValue({ ...TWO, ...PENDING });
    const request = { SecretId: 'app', VersionId: V1, VersionStage: 'AWSPENDING' };
    expect(() => model.getSecretValue(request)).toThrow(
      refused({
        name: 'InvalidRequestException',
        message: 'You provided a VersionStage that is not associated to the provided VersionId.',
      }),
    );
  });

  test('describes only what has a value: an empty secret has no versions and no rotation', () => {
    const model = new SecretsManagerModel({ now: () => START });
    expect(model.createSecret({ Name: 'app', ClientRequestToken: V1 })).toEqual({
      ARN,
      Name: 'app',
    });
    expect(model.describeSecret({ SecretId: 'app' })).toEqual({
      ARN,
      Name: 'app',
      CreatedDate: new Date('2026-11-20T10:30:00Z'),
      LastChangedDate: new Date('2026-11-20T10:30:00Z'),
    });
    expect(() => model.getSecretValue({ SecretId: 'app' })).toThrow(
      refused({
        message:
          "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      }),
    );
  });

  test('keeps the day of the last access, not the hour', () => {
    const { model } = withSecret();
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('LastAccessedDate');
    model.getSecretValue({ SecretId: 'app' });
    expect(model.describeSecret({ SecretId: 'app' }).LastAccessedDate).toEqual(
      new Date('2026-11-20T00:00:00Z'),
    );
  });

  test('lists versions page by page, deprecated ones only on request', () => {
    const { model } = withSecret();
    model.putSecretValue(TWO);
    model.putSecretValue(THREE);
    const ids = (request: object): (string | undefined)[] | undefined =>
      model
        .listSecretVersionIds({ SecretId: 'app', ...request })
        .Versions?.map((one) => one.VersionId);
    expect(ids({})).toEqual([V2, V3]);
    expect(ids({ IncludeDeprecated: true })).toEqual([V1, V2, V3]);
    const first = model.listSecretVersionIds({
      SecretId: 'app',
      IncludeDeprecated: true,
      MaxResults: 2,
    });
    expect(first.Versions).toEqual([
      {
        VersionId: V1,
        CreatedDate: new Date('2026-11-20T10:30:00Z'),
        KmsKeyIds: ['DefaultEncryptionKey'],
      },
      {
        VersionId: V2,
        CreatedDate: new Date('2026-11-20T10:30:00Z'),
        KmsKeyIds: ['DefaultEncryptionKey'],
        VersionStages: ['AWSPREVIOUS'],
      },
    ]);
    expect(ids({ IncludeDeprecated: true, MaxResults: 2, NextToken: first.NextToken })).toEqual([
      V3,
    ]);
    expect(first.ARN).toBe(ARN);
  });

  test('fails when the token of a page was made up', () => {
    const { model } = withSecret();
    const request = { SecretId: 'app', NextToken: 'next' };
    expect(() => model.listSecretVersionIds(request)).toThrow(
      refused({ name: 'InvalidNextTokenException' }),
    );
  });
});

describe('SecretsManagerModel: stale reads', () => {
  const pending = { SecretId: 'app', VersionId: V2, VersionStage: 'AWSPENDING' };

  test('lets the first reads after a write miss it', () => {
    const { model } = withSecret({ staleReads: staleForReads(2) });
    model.putSecretValue({ ...TWO, ...PENDING });
    expect(() => model.getSecretValue(pending)).toThrow(
      refused({ name: 'ResourceNotFoundException' }),
    );
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(model.getSecretValue(pending).SecretString).toBe('two');
  });

  test('lets reads miss a write for a time, and only writes younger than that', () => {
    const { model, clock } = withSecret({ staleReads: staleForMs(1000) });
    model.putSecretValue({ ...TWO, ...PENDING });
    clock.time += 600;
    model.updateSecretVersionStage({
      SecretId: 'app',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: V2,
      RemoveFromVersionId: V1,
    });
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    clock.time += 400;
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    clock.time += 600;
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  test('never lets a write miss a write', () => {
    const { model } = withSecret({ staleReads: () => true });
    model.putSecretValue({ ...TWO, ...PENDING });
    expect(() => model.putSecretValue({ ...TWO, ...PENDING, SecretString: 'other' })).toThrow(
      refused({ name: 'ResourceExistsException' }),
    );
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
  });
});
