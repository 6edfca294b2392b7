import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const START = Date.parse('2026-11-20T10:30:00Z');
const HOUR_MS = 3_600_000;
const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001';

/** A model whose clock stands until it is moved, with a secret `app` of one version, V1, holding "one". */
function withSecret(): { model: SecretsManagerModel; clock: { time: number } } {
  const clock = { time: START };
  const model = new SecretsManagerModel({ now: () => clock.time });
  model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  return { model, clock };
}

function put(
  model: SecretsManagerModel,
  versionId: string,
  text: string,
  labels?: string[],
): string[] | undefined {
  const request = { SecretId: 'app', ClientRequestToken: versionId, SecretString: text };
  return model.putSecretValue({ ...request, ...(labels && { VersionStages: labels }) })
    .VersionStages;
}

function labels(model: SecretsManagerModel): Record<string, string[]> | undefined {
  return model.describeSecret({ SecretId: 'app' }).VersionIdsToStages;
}

function refused(error: { name?: string; message?: string }): Error {
  return expect.objectContaining(error) as Error;
}

describe('SecretsManagerModel: storing', () => {
  test('is silent when the same token brings the same content, and moves no label', () => {
    const { model } = withSecret();
    put(model, V2, 'two', ['AWSPENDING']);
    expect(put(model, V2, 'two', ['AWSCURRENT'])).toEqual(['AWSPENDING']);
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  test.each(['AWSPENDING', 'AWSCURRENT'])(
    'fails when the same token brings other content while the version is %s',
    (label) => {
      const { model } = withSecret();
      put(model, V2, 'two', [label]);
      expect(() => put(model, V2, 'other', [label])).toThrow(
        refused({
          name: 'ResourceExistsException',
          message: `You can't use ClientRequestToken ${V2} because that value is already in use for a version of secret ${ARN}.`,
        }),
      );
      expect(model.getSecretValue({ SecretId: 'app', VersionId: V2 }).SecretString).toBe('two');
    },
  );

  test('makes the new version AWSCURRENT when no label is named', () => {
    const { model } = withSecret();
    expect(put(model, V2, 'two')).toEqual(['AWSCURRENT']);
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
    expect(model.getSecretValue({ SecretId: 'app' }).SecretString).toBe('two');
  });

  test('takes a label off the version that had it', () => {
    const { model } = withSecret();
    put(model, V2, 'two', ['one', 'two', 'three']);
    put(model, V3, 'three', ['one', 'two', 'four']);
    expect(labels(model)).toEqual({
      [V1]: ['AWSCURRENT'],
      [V2]: ['three'],
      [V3]: ['four', 'one', 'two'],
    });
  });

  test('ends a rotation under way when a new AWSCURRENT is stored', () => {
    const { model } = withSecret();
    put(model, V2, 'two', ['AWSPENDING']);
    put(model, V3, 'three');
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
    expect(model.getSecretValue({ SecretId: 'app', VersionId: V2 })).not.toHaveProperty(
      'VersionStages',
    );
  });

  test.each([
    [
      undefined,
      'InvalidRequestException',
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    ],
    [
      'a'.repeat(31),
      'InvalidParameterException',
      'ClientRequestToken must be 32-64 characters long.',
    ],
    [
      'a'.repeat(65),
      'InvalidParameterException',
      'ClientRequestToken must be 32-64 characters long.',
    ],
  ])('fails when the token is %s', (token, name, message) => {
    const { model } = withSecret();
    const request = { SecretId: 'app', SecretString: 'two', ClientRequestToken: token };
    expect(() => model.putSecretValue(request)).toThrow(refused({ name, message }));
  });

  test.each(['a'.repeat(32), 'a'.repeat(64)])('takes the token %s', (token) => {
    const { model } = withSecret();
    expect(put(model, token, 'two')).toEqual(['AWSCURRENT']);
  });

  test('fails when there is no value', () => {
    const { model } = withSecret();
    const request = { SecretId: 'app', ClientRequestToken: V2 };
    expect(() => model.putSecretValue(request)).toThrow(
      refused({
        name: 'InvalidRequestException',
        message: 'You must provide either SecretString or SecretBinary.',
      }),
    );
  });

  test('fails when the value has more than 65,536 bytes', () => {
    const { model } = withSecret();
    expect(put(model, V2, 'a'.repeat(65_536))).toEqual(['AWSCURRENT']);
    expect(() => put(model, V3, `${'a'.repeat(65_535)}é`)).toThrow(
      refused({
        name: 'ValidationException',
        message:
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
      }),
    );
  });

  test('fails when the versions together would have more than 20 labels', () => {
    const { model } = withSecret();
    const nineteen = Array.from({ length: 19 }, (_, index) => `label${index}`);
    put(model, V2, 'two', nineteen);
    expect(() => put(model, V3, 'three', ['one more'])).toThrow(
      refused({ name: 'LimitExceededException' }),
    );
    expect(put(model, V3, 'three', ['label0'])).toEqual(['label0']);
  });

  test('fails when the name of a new secret is in use', () => {
    const { model } = withSecret();
    const request = { Name: 'app', SecretString: 'one' };
    expect(() => model.createSecret({ ...request, ClientRequestToken: V2 })).toThrow(
      refused({
        name: 'ResourceExistsException',
        message: 'The operation failed because the secret app already exists.',
      }),
    );
    expect(model.createSecret({ ...request, ClientRequestToken: V1 }).VersionId).toBe(V1);
    const other = { Name: 'app', SecretString: 'other', ClientRequestToken: V1 };
    expect(() => model.createSecret(other)).toThrow("You can't use");
  });

  test('fails when the name of a new secret has a space', () => {
    const { model } = withSecret();
    expect(() => model.createSecret({ Name: 'Inv Name', ClientRequestToken: V1 })).toThrow(
      refused({
        name: 'ValidationException',
        message:
          'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      }),
    );
  });

  test('drops deprecated versions above 100 once they are a day old', () => {
    const { model, clock } = withSecret();
    const stored = (): number | undefined => {
      const request = { SecretId: 'app', IncludeDeprecated: true };
      const first = model.listSecretVersionIds(request);
      const more = first.NextToken === undefined ? 0 : 1;
      return (first.Versions?.length ?? 0) + more;
    };
    for (let index = 2; index <= 101; index += 1) {
      put(model, `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, `value ${index}`);
    }
    expect(stored()).toBe(101);
    clock.time += 24 * HOUR_MS;
    put(model, '00000000-0000-4000-8000-000000000102', 'value 102');
    expect(stored()).toBe(100);
    expect(() => model.getSecretValue({ SecretId: 'app', VersionId: V2 })).toThrow(
      refused({ name: 'ResourceNotFoundException' }),
    );
    expect(model.getSecretValue({ SecretId: 'app', VersionId: V3 }).SecretString).toBe('value 3');
  });
});

describe('SecretsManagerModel: deletion', () => {
  test('fails when the secret is marked for deletion, until it is restored', () => {
    const { model } = withSecret();
    expect(model.deleteSecret({ SecretId: 'app', RecoveryWindowInDays: 7 })).toEqual({
      ARN,
      Name: 'app',
      DeletionDate: new Date('2026-11-27T10:30:00Z'),
    });
    expect(model.describeSecret({ SecretId: 'app' }).DeletedDate).toEqual(
      new Date('2026-11-27T10:30:00Z'),
    );
    const marked = {
      name: 'InvalidRequestException',
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    };
    expect(() => model.getSecretValue({ SecretId: 'app' })).toThrow(refused(marked));
    expect(() => put(model, V2, 'two')).toThrow(refused(marked));
    expect(() => model.createSecret({ Name: 'app', ClientRequestToken: V2 })).toThrow(
      refused({
        message:
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
      }),
    );
    model.restoreSecret({ SecretId: 'app' });
    expect(model.getSecretValue({ SecretId: 'app' }).SecretString).toBe('one');
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('DeletedDate');
  });

  test('forgets the secret when its window is over, or at once when forced', () => {
    const { model, clock } = withSecret();
    model.deleteSecret({ SecretId: 'app' });
    clock.time += 30 * 24 * HOUR_MS;
    expect(() => model.describeSecret({ SecretId: 'app' })).toThrow(
      refused({ name: 'ResourceNotFoundException' }),
    );
    const recreated = model.createSecret({ Name: 'app', ClientRequestToken: V2 });
    expect(recreated.ARN).not.toBe(ARN);
    model.deleteSecret({ SecretId: 'app', ForceDeleteWithoutRecovery: true });
    expect(() => model.describeSecret({ SecretId: 'app' })).toThrow(
      refused({ name: 'ResourceNotFoundException' }),
    );
    expect(model.deleteSecret({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }).Name).toBe(
      'gone',
    );
  });

  test.each([6, 31])('fails when the window is %i days', (days) => {
    const { model } = withSecret();
    const request = { SecretId: 'app', RecoveryWindowInDays: days };
    expect(() => model.deleteSecret(request)).toThrow(
      refused({ name: 'InvalidParameterException' }),
    );
  });
});
