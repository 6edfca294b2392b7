import type { RotationEvent, RotationNews } from '../../local/aws/rotation-events.ts';
import { RotationService, type RotationServiceOptions } from '../../local/aws/rotation-service.ts';
import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001';
const LAMBDA = 'arn:aws:lambda:eu-west-1:111111111111:function:rotate-app';
const STUCK = "A previous rotation isn't complete. That rotation will be reattempted.";

type Hooks = Record<'before' | 'after', (event: RotationEvent) => void>;

/**
 * A secret `app` of one version, V1, and a rotation function that does the least AWS asks for. `events` are the
 * calls it got; `on.before` runs ahead of each step, `on.after` behind it, and both may throw.
 */
function rig(options: Partial<RotationServiceOptions> = {}): {
  model: SecretsManagerModel;
  service: RotationService;
  events: RotationEvent[];
  news: RotationNews[];
  pauses: number[];
  on: Hooks;
  rotate: (request?: object) => string | undefined;
} {
  const model = new SecretsManagerModel({ now: () => Date.parse('2026-11-20T10:30:00Z') });
  model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  const events: RotationEvent[] = [];
  const news: RotationNews[] = [];
  const pauses: number[] = [];
  const on: Hooks = { before: () => undefined, after: () => undefined };
  const service = new RotationService({
    model,
    invoke: async (event) => {
      events.push(event);
      on.before(event);
      rotateInModel(model, event);
      on.after(event);
      await Promise.resolve();
    },
    sleep: async (ms) => {
      pauses.push(ms);
      await Promise.resolve();
    },
    listener: (item) => news.push(item),
    ...options,
  });
  const rotate = (request: object = {}): string | undefined =>
    service.rotateSecret({
      SecretId: 'app',
      ClientRequestToken: V2,
      RotationLambdaARN: LAMBDA,
      ...request,
    }).VersionId;
  return { model, service, events, news, pauses, on, rotate };
}

function rotateInModel(model: SecretsManagerModel, event: RotationEvent): void {
  const { SecretId, ClientRequestToken: versionId } = event;
  if (event.Step === 'createSecret') {
    const value = { SecretString: `value of ${versionId}`, VersionStages: ['AWSPENDING'] };
    model.putSecretValue({ SecretId, ClientRequestToken: versionId, ...value });
  }
  const current = model.inspect(SecretId).labels.get('AWSCURRENT');
  if (event.Step === 'finishSecret' && current !== versionId) {
    const move = { MoveToVersionId: versionId, RemoveFromVersionId: current };
    model.updateSecretVersionStage({ SecretId, VersionStage: 'AWSCURRENT', ...move });
  }
}

function labels(model: SecretsManagerModel): Record<string, string[]> | undefined {
  return model.describeSecret({ SecretId: 'app' }).VersionIdsToStages;
}

function refused(name: string, message: string): Error {
  return expect.objectContaining({ name, message }) as Error;
}

function failAt(step: string, times = 1): (event: RotationEvent) => void {
  let left = times;
  return (event) => {
    if (event.Step !== step || left === 0) return;
    left -= 1;
    throw new RangeError('the database is away');
  };
}

describe('RotateSecret', () => {
  test('answers first, then runs the four steps with the ARN, one token and a rotation token', async () => {
    const { service, events, rotate } = rig();
    expect(rotate()).toBe(V2);
    expect(events).toEqual([]);
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 1 });
    expect(events.map((event) => event.Step)).toEqual([
      'createSecret',
      'setSecret',
      'testSecret',
      'finishSecret',
    ]);
    const [first] = events;
    expect(Object.keys(first ?? {}).sort()).toEqual([
      'ClientRequestToken',
      'RotationToken',
      'SecretId',
      'Step',
    ]);
    expect(first).toMatchObject({ SecretId: ARN, ClientRequestToken: V2 });
    expect(first?.RotationToken).toMatch(/^[0-9a-f-]{36}$/);
    expect(first?.RotationToken).not.toBe(V2);
  });

  test('puts AWSPENDING on a version without a value, and leaves AWSCURRENT to read', () => {
    const { model, rotate } = rig();
    rotate();
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    const name = 'ResourceNotFoundException';
    const text = "Secrets Manager can't find the specified secret value for";
    const read = (selector: object): unknown =>
      model.getSecretValue({ SecretId: 'app', ...selector });
    expect(() => read({ VersionId: V2, VersionStage: 'AWSPENDING' })).toThrow(
      refused(name, `${text} staging label: AWSPENDING`),
    );
    expect(() => read({ VersionStage: 'AWSPENDING' })).toThrow(
      refused(name, `${text} staging label: AWSPENDING`),
    );
    expect(() => read({ VersionId: V2 })).toThrow(refused(name, `${text} VersionId: ${V2}`));
    expect(read({})).toMatchObject({ SecretString: 'one', VersionId: V1 });
  });

  test('takes AWSPENDING off after a success and dates the rotation', async () => {
    const { model, service, rotate } = rig();
    rotate();
    await service.settled(V2);
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
    expect(model.describeSecret({ SecretId: 'app' })).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: LAMBDA,
      LastRotatedDate: new Date('2026-11-20T10:30:00Z'),
    });
  });

  test('can leave both labels on the version, which does not block the next rotation', async () => {
    const { model, service, rotate } = rig({ keepsPendingLabel: true });
    rotate();
    await service.settled(V2);
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
    expect(rotate({ ClientRequestToken: V3 })).toBe(V3);
    await service.settled(V3);
    expect(labels(model)).toEqual({ [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  test('gives a secret without a value its first one', async () => {
    const { model, service, rotate } = rig();
    model.createSecret({ Name: 'empty', ClientRequestToken: V1 });
    rotate({ SecretId: 'empty' });
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 1 });
    expect(model.getSecretValue({ SecretId: 'empty' }).SecretString).toBe(`value of ${V2}`);
  });

  test('keeps the function of an earlier call, and exactly one AWSCURRENT', async () => {
    const { model, service, rotate } = rig();
    rotate({ RotationRules: { AutomaticallyAfterDays: 7 } });
    await service.settled(V2);
    rotate({ ClientRequestToken: V3, RotationLambdaARN: undefined });
    await service.settled(V3);
    expect(model.describeSecret({ SecretId: 'app' })).toMatchObject({
      RotationLambdaARN: LAMBDA,
      RotationRules: { AutomaticallyAfterDays: 7 },
      VersionIdsToStages: { [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] },
    });
  });

  test('answers a repeated token again and starts nothing', async () => {
    const { service, events, rotate } = rig();
    rotate();
    expect(rotate()).toBe(V2);
    await service.settled(V2);
    expect(rotate()).toBe(V2);
    await service.settled(V2);
    expect(events).toHaveLength(4);
  });

  test.each([undefined, ''])('fails when the token is %j', (token) => {
    const { rotate } = rig();
    expect(() => rotate({ ClientRequestToken: token })).toThrow(
      refused(
        'InvalidParameterException',
        'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
      ),
    );
  });

  test('fails when no function was ever named, and changes nothing', () => {
    const { model, rotate } = rig();
    expect(() => rotate({ RotationLambdaARN: undefined })).toThrow(
      refused(
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      ),
    );
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('RotationEnabled');
  });

  test('fails when the function cannot be invoked, and changes nothing', () => {
    const { model, rotate } = rig({ canInvoke: (arn) => arn !== LAMBDA });
    expect(() => rotate()).toThrow(
      refused(
        'AccessDeniedException',
        'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
      ),
    );
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('RotationLambdaARN');
  });
});

describe('RotateSecret: after a failed step', () => {
  test('repeats the whole rotation with the same token after a pause', async () => {
    const { service, events, pauses, on, rotate } = rig({ retryDelayMs: 120_000 });
    on.before = failAt('testSecret');
    rotate();
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 2 });
    expect(events.map((event) => event.Step)).toEqual([
      'createSecret',
      'setSecret',
      'testSecret',
      'createSecret',
      'setSecret',
      'testSecret',
      'finishSecret',
    ]);
    expect(new Set(events.map((event) => event.ClientRequestToken))).toEqual(new Set([V2]));
    expect(pauses).toEqual([120_000]);
  });

  test('tells the listener what happens, in order', async () => {
    const { service, news, on, rotate } = rig({ attemptsMax: 1 });
    on.before = failAt('setSecret');
    rotate();
    await service.settled(V2);
    const rotation = { secretArn: ARN, versionId: V2, isTest: false };
    const failure = { errorName: 'RangeError', errorMessage: 'the database is away' };
    expect(news).toEqual([
      { kind: 'rotationStarted', ...rotation },
      { kind: 'stepStarted', step: 'createSecret', attempt: 1, ...rotation },
      { kind: 'stepSucceeded', step: 'createSecret', attempt: 1, ms: 0, ...rotation },
      { kind: 'stepStarted', step: 'setSecret', attempt: 1, ...rotation },
      { kind: 'stepFailed', step: 'setSecret', attempt: 1, ms: 0, ...failure, ...rotation },
      { kind: 'rotationFailed', attempts: 1, ...failure, ...rotation },
    ]);
  });

  test('gives up after the last attempt and leaves AWSPENDING where it is', async () => {
    const { model, service, on, rotate } = rig({ attemptsMax: 2 });
    on.before = failAt('setSecret', 2);
    rotate();
    expect(await service.settled(V2)).toMatchObject({ status: 'failed', attempts: 2 });
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('LastRotatedDate');
  });

  test('fails when AWSPENDING is stuck on another version, and tries that rotation again', async () => {
    const { model, service, on, rotate } = rig({ attemptsMax: 1 });
    on.before = failAt('setSecret');
    rotate();
    await service.settled(V2);
    expect(() => rotate({ ClientRequestToken: V3 })).toThrow(
      refused('InvalidRequestException', STUCK),
    );
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 1 });
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  test('fails when an earlier rotation is between two attempts, and cuts its pause short', async () => {
    let pause = (): void => undefined;
    const paused = new Promise<void>((resolve) => (pause = resolve));
    const { service, on, rotate } = rig({
      sleep: async (_ms, signal) => {
        pause();
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
    });
    on.before = failAt('createSecret');
    rotate();
    await paused;
    expect(() => rotate({ ClientRequestToken: V3 })).toThrow(
      refused('InvalidRequestException', STUCK),
    );
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 2 });
  });

  test('reattempts a rotation it never started: a person put AWSPENDING on a version', async () => {
    const { model, service, events, rotate } = rig({ attemptsMax: 1 });
    const value = { SecretString: `value of ${V3}`, VersionStages: ['AWSPENDING'] };
    model.putSecretValue({ SecretId: 'app', ClientRequestToken: V3, ...value });
    expect(() => rotate()).toThrow(refused('InvalidRequestException', STUCK));
    await expect(service.settled(V2)).rejects.toThrow(`no rotation of version ${V2} was started`);
    expect(await service.settled(V3)).toEqual({ status: 'succeeded', attempts: 1 });
    expect(events[0]).toMatchObject({ Step: 'createSecret', ClientRequestToken: V3 });
  });

  test.each([
    [true, { status: 'succeeded', attempts: 2 }],
    [false, expect.objectContaining({ status: 'failed', attempts: 1 })],
  ])('after AWSCURRENT moved, repeats the rotation: %s', async (retriesAfterPromotion, outcome) => {
    const { service, events, on, rotate } = rig({ retriesAfterPromotion });
    on.after = failAt('finishSecret');
    rotate();
    expect(await service.settled(V2)).toEqual(outcome);
    expect(events).toHaveLength(retriesAfterPromotion ? 8 : 4);
  });
});
