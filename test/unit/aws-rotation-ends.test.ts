import { setImmediate as turn } from 'node:timers/promises';
import type { RotationEvent, RotationNews } from '../../local/aws/rotation-events.ts';
import { RotationService, type RotationServiceOptions } from '../../local/aws/rotation-service.ts';
import { SecretsManagerModel } from '../../local/aws/secrets-manager-model.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const START = { SecretId: 'app', ClientRequestToken: V2, RotationLambdaARN: 'arn:aws:lambda' };

/** A secret `app` of one version, V1, whose rotation function is `invoke`. */
function rig(
  invoke: (event: RotationEvent, model: SecretsManagerModel) => Promise<void> | void,
  options: Partial<RotationServiceOptions> = {},
): { model: SecretsManagerModel; service: RotationService; news: string[]; steps: string[] } {
  const model = new SecretsManagerModel({ now: () => Date.parse('2026-11-20T10:30:00Z') });
  model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  const news: string[] = [];
  const steps: string[] = [];
  const service = new RotationService({
    model,
    invoke: async (event) => {
      steps.push(event.Step);
      await invoke(event, model);
    },
    retryDelayMs: 0,
    listener: (item: RotationNews) => news.push(item.kind),
    ...options,
  });
  return { model, service, news, steps };
}

function labels(model: SecretsManagerModel): Record<string, string[]> | undefined {
  return model.describeSecret({ SecretId: 'app' }).VersionIdsToStages;
}

describe('RotateSecret with RotateImmediately=false', () => {
  const TEST = { ...START, RotateImmediately: false };

  test('runs testSecret only, with a fresh token whose version holds a copy of AWSCURRENT', async () => {
    const seen: unknown[] = [];
    const { model, service, steps } = rig((event) => {
      const selector = { SecretId: event.SecretId, VersionId: event.ClientRequestToken };
      seen.push(model.getSecretValue({ ...selector, VersionStage: 'AWSPENDING' }));
    });
    service.rotateSecret(TEST);
    expect(await service.settled(V2)).toEqual({ status: 'succeeded', attempts: 1 });
    expect(steps).toEqual(['testSecret']);
    expect(seen).toMatchObject([
      { VersionId: V2, SecretString: 'one', VersionStages: ['AWSPENDING'] },
    ]);
  });

  test.each([
    ['succeeded', undefined],
    ['failed', new Error('not configured')],
  ])('removes the version afterwards, whole, when the test %s', async (status, error) => {
    const { model, service, news } = rig(() => {
      if (error !== undefined) throw error;
    });
    service.rotateSecret(TEST);
    expect(await service.settled(V2)).toMatchObject({ status, attempts: 1 });
    const all = model.listSecretVersionIds({ SecretId: 'app', IncludeDeprecated: true });
    expect(all.Versions?.map((version) => version.VersionId)).toEqual([V1]);
    expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(news.at(-1)).toBe(status === 'succeeded' ? 'rotationSucceeded' : 'rotationFailed');
    expect(model.describeSecret({ SecretId: 'app' })).toMatchObject({ RotationEnabled: true });
    expect(model.describeSecret({ SecretId: 'app' })).not.toHaveProperty('LastRotatedDate');
  });
});

describe('A rotation is abandoned', () => {
  test('when a person stores a new current value during it', async () => {
    const { model, service, steps, news } = rig((event, secrets) => {
      if (event.Step !== 'createSecret') return;
      secrets.putSecretValue({ SecretId: 'app', ClientRequestToken: V3, SecretString: 'by hand' });
    });
    service.rotateSecret(START);
    expect(await service.settled(V2)).toEqual({ status: 'abandoned', reason: 'labelMoved' });
    expect(steps).toEqual(['createSecret']);
    expect(news.at(-1)).toBe('rotationAbandoned');
    expect(labels(model)).toEqual({ [V1]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  test('when the function takes AWSPENDING off and throws, so the next rotation may begin', async () => {
    const { service, steps } = rig((event, secrets) => {
      if (event.ClientRequestToken !== V2) return;
      const label = { VersionStage: 'AWSPENDING', RemoveFromVersionId: V2 };
      secrets.updateSecretVersionStage({ SecretId: 'app', ...label });
      throw new Error('the password was refused');
    });
    service.rotateSecret(START);
    expect(await service.settled(V2)).toEqual({ status: 'abandoned', reason: 'labelMoved' });
    expect(steps).toEqual(['createSecret']);
    expect(service.rotateSecret({ ...START, ClientRequestToken: V3 }).VersionId).toBe(V3);
  });

  test('when it is cancelled: the schedule is off, its rules and labels stay', async () => {
    const { model, service, steps } = rig(() => {
      const answer = service.cancelRotateSecret({ SecretId: 'app' });
      expect(answer).toMatchObject({ Name: 'app', VersionId: V2 });
    });
    service.rotateSecret({ ...START, RotationRules: { AutomaticallyAfterDays: 7 } });
    expect(await service.settled(V2)).toEqual({ status: 'abandoned', reason: 'cancelled' });
    expect(steps).toEqual(['createSecret']);
    const described = model.describeSecret({ SecretId: 'app' });
    expect(described).toMatchObject({
      RotationEnabled: false,
      RotationLambdaARN: 'arn:aws:lambda',
      RotationRules: { AutomaticallyAfterDays: 7 },
      VersionIdsToStages: { [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] },
    });
    expect(described).not.toHaveProperty('NextRotationDate');
  });

  test('when the service closes during a pause, and no timer is left', async () => {
    const failing = new Error('the database is away');
    const aDayMs = 86_400_000;
    const { service, news } = rig(
      () => {
        throw failing;
      },
      { retryDelayMs: aDayMs },
    );
    service.rotateSecret(START);
    while (!news.includes('stepFailed')) await turn();
    service.close();
    expect(await service.settled(V2)).toEqual({ status: 'abandoned', reason: 'closed' });
  });

  test('fails when a rotation is cancelled that was never set up', () => {
    const { service } = rig(() => undefined);
    expect(() => service.cancelRotateSecret({ SecretId: 'app' })).toThrow(
      'No Lambda rotation function ARN is associated with this secret.',
    );
  });
});

test('A rotation fails when finishSecret succeeds without moving AWSCURRENT', async () => {
  const { model, service, steps } = rig(() => undefined, { attemptsMax: 2 });
  service.rotateSecret(START);
  expect(await service.settled(V2)).toMatchObject({
    status: 'failed',
    attempts: 2,
    errorName: 'RotationIncomplete',
  });
  expect(steps).toHaveLength(8);
  expect(labels(model)).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
});

describe('RotationRules', () => {
  test.each([
    [{ AutomaticallyAfterDays: 1 }, '2026-11-21T23:59:59Z'],
    [{ AutomaticallyAfterDays: 30 }, '2026-12-20T23:59:59Z'],
    [{ AutomaticallyAfterDays: 30, Duration: '3h' }, '2026-12-20T02:59:59Z'],
    [{ ScheduleExpression: 'rate(10 days)' }, '2026-11-30T23:59:59Z'],
    [{ ScheduleExpression: 'rate(1 day)', Duration: '2h' }, '2026-11-21T01:59:59Z'],
    [{ ScheduleExpression: 'rate(4 hours)' }, '2026-11-20T14:59:59Z'],
    [{ ScheduleExpression: 'cron(0 8/8 * * ? *)' }, '2026-11-20T16:59:59Z'],
    [{ ScheduleExpression: 'cron(0 4/12 * * ? *)', Duration: '8h' }, '2026-11-20T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 2 ? * SUN *)', Duration: '3h' }, '2026-11-22T04:59:59Z'],
    [{ ScheduleExpression: 'cron(0 0 ? * SUN#1 *)' }, '2026-12-06T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 0 ? * FRIL *)' }, '2026-11-27T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 16 L * ? *)' }, '2026-11-30T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 10 1 JAN,APR,JUL,OCT ? *)' }, '2027-01-01T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 10 29 2 ? *)' }, '2028-02-29T23:59:59Z'],
    [{ ScheduleExpression: 'cron(0 12 ? * 2-6 *)' }, '2026-11-20T23:59:59Z'],
  ])('%j are shown by DescribeSecret and next rotate by %s', (rules, next) => {
    const { model, service } = rig(() => undefined);
    service.rotateSecret({ ...START, RotationRules: rules });
    expect(model.describeSecret({ SecretId: 'app' })).toMatchObject({
      RotationEnabled: true,
      RotationRules: rules,
      NextRotationDate: new Date(next),
    });
  });

  test('count a value stored by hand as a rotation', () => {
    const clock = { time: Date.parse('2026-11-20T10:30:00Z') };
    const model = new SecretsManagerModel({ now: () => clock.time });
    model.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
    const service = new RotationService({ model, invoke: () => Promise.reject(new Error('away')) });
    service.rotateSecret({ ...START, RotationRules: { AutomaticallyAfterDays: 7 } });
    service.close();
    clock.time = Date.parse('2026-11-23T00:00:00Z');
    model.putSecretValue({ SecretId: 'app', ClientRequestToken: V3, SecretString: 'by hand' });
    expect(model.describeSecret({ SecretId: 'app' }).NextRotationDate).toEqual(
      new Date('2026-11-30T23:59:59Z'),
    );
  });

  test.each([
    [
      { AutomaticallyAfterDays: 7, ScheduleExpression: 'rate(7 days)' },
      'You cannot specify both rotation frequency and schedule expression together.',
    ],
    [{ AutomaticallyAfterDays: 0 }, 'within 1-1000'],
    [{ AutomaticallyAfterDays: 1001 }, 'within 1-1000'],
    [{ ScheduleExpression: 'rate(3 hours)' }, 'the shortest interval is 4 hours'],
    [{ ScheduleExpression: 'rate(1000 days)' }, 'the interval must be 1 to 999 days'],
    [{ ScheduleExpression: 'every day' }, 'it must be rate(…) or cron(…)'],
    [{ ScheduleExpression: 'cron(0 10 * * *)' }, 'it must be rate(…) or cron(…)'],
    [{ ScheduleExpression: 'cron(15 10 * * ? *)' }, 'minutes must be 0'],
    [{ ScheduleExpression: 'cron(0 10 * * ? 2027)' }, 'year must be *'],
    [{ ScheduleExpression: 'cron(0 10 * * * *)' }, 'one day field must be ?'],
    [{ ScheduleExpression: 'cron(0 24 * * ? *)' }, '24 is not in the range 0-23'],
    [{ ScheduleExpression: 'cron(0 */2 * * ? *)' }, 'the shortest interval is 4 hours'],
    [{ AutomaticallyAfterDays: 7, Duration: '0h' }, 'must be a number of hours'],
    [{ AutomaticallyAfterDays: 7, Duration: '3 h' }, 'must be a number of hours'],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '5h' }, 'must not extend into'],
    [{ ScheduleExpression: 'cron(0 22 * * ? *)', Duration: '3h' }, 'must not extend into'],
  ])('fails when they are %j', (rules, message) => {
    const { service } = rig(() => undefined);
    const act = (): unknown => service.rotateSecret({ ...START, RotationRules: rules });
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ name: 'InvalidParameterException' }) as Error);
  });
});
