import { judgeEvents } from '../../../../cli/account-checks/rotation-events.ts';

const rotation = { name: 'orders', logGroup: '/aws/lambda/lockstep-orders' };
const early = { atMs: Date.UTC(2026, 10, 1), error: undefined };
const late = { atMs: Date.UTC(2026, 10, 2), error: undefined };
const failed = { ...late, error: 'Error when executing lambda x during setSecret step' };

describe('rotation-events', () => {
  test('is ok when nothing has failed, and when the last rotation succeeded after a failure', () => {
    expect(judgeEvents({}, rotation).outcome).toBe('ok');
    const mended = { RotationFailed: early, RotationAbandoned: early, RotationSucceeded: late };
    expect(judgeEvents(mended, rotation)).toMatchObject({
      outcome: 'ok',
      found: 'the last rotation that CloudTrail knows of succeeded at 2026-11-02T00:00:00.000Z',
    });
  });

  test('fails when the last rotation failed, with the step', () => {
    const events = { RotationSucceeded: early, RotationFailed: failed };
    expect(judgeEvents(events, rotation)).toMatchObject({
      check: 'rotation-events',
      outcome: 'failure',
      found:
        'the last rotation failed at 2026-11-02T00:00:00.000Z (Error when executing lambda x during setSecret step)',
      remedy: 'see lockstep status orders, mend what it names, then lockstep rotate orders',
    });
  });

  test('warns when the last rotation was abandoned, also after it had failed', () => {
    expect(judgeEvents({ RotationAbandoned: early }, rotation).outcome).toBe('warning');
    const events = { RotationFailed: early, RotationAbandoned: late };
    expect(judgeEvents(events, rotation).outcome).toBe('warning');
  });

  test('fails when the test of the configuration failed, until one or a rotation succeeds', () => {
    const events = { TestRotationSucceeded: early, TestRotationFailed: failed };
    const finding = judgeEvents(events, rotation);
    expect(finding.found).toContain('the test of the configuration failed');
    expect(finding).toMatchObject({
      outcome: 'failure',
      remedy: expect.stringContaining('aws logs tail /aws/lambda/lockstep-orders') as string,
    });
    const later = { atMs: Date.UTC(2026, 10, 3), error: undefined };
    expect(judgeEvents({ ...events, TestRotationSucceeded: later }, rotation).outcome).toBe('ok');
    expect(judgeEvents({ ...events, RotationSucceeded: later }, rotation).outcome).toBe('ok');
  });
});
