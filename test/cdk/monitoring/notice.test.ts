import { gzipSync } from 'node:zlib';
import { handler } from '../../../lib/monitoring/notice-handler.ts';

/** What CloudWatch Logs hands over: these lines, packed. */
function subscription(...lines: readonly string[]): object {
  const batch = {
    messageType: 'DATA_MESSAGE',
    logGroup: 'orders',
    logEvents: lines.map((message, index) => ({ id: String(index), timestamp: 0, message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(batch)).toString('base64') } };
}

function failedStep(details: object = {}): string {
  return JSON.stringify({
    level: 'WARN',
    message: 'step.failed',
    timestamp: '2026-11-21T06:56:59.608Z',
    service: 'lockstep',
    rotation: 'orders',
    requestId: 'b1c2',
    step: 'setSecret',
    versionId: '0a1b2c3d-0000-4000-8000-000000000001',
    error: {
      name: 'PasswordPolicyError',
      message:
        'orders-adb: it refuses the new password. State: orders-rds taken back to AWSCURRENT. Next: wait.',
    },
    ...details,
  });
}

describe('the notice of a failed step', () => {
  test('has the words of the function', async () => {
    expect(await handler(subscription(failedStep()))).toEqual({
      rotation: 'orders',
      step: 'setSecret',
      versionId: '0a1b2c3d-0000-4000-8000-000000000001',
      error: 'PasswordPolicyError',
      message:
        'orders-adb: it refuses the new password. State: orders-rds taken back to AWSCURRENT. Next: wait.',
    });
  });

  test('is of the newest failure where there are several, and passes other lines over', async () => {
    const event = subscription(
      failedStep(),
      failedStep({ step: 'testSecret' }),
      'START RequestId: b1c2',
      '{"message":"step.started"}',
    );

    expect(await handler(event)).toMatchObject({ step: 'testSecret' });
  });

  test('fits between the quotes of a line', async () => {
    const message = 'it says "no"\n\tin C:\\temp';

    expect(
      await handler(subscription(failedStep({ error: { name: 'X', message } }))),
    ).toMatchObject({
      message: "it says 'no' in C: temp",
    });
  });

  test('is cut where it would be too long for a message', async () => {
    const error = { name: 'X', message: 'x'.repeat(5_000) };
    const { message } = await handler(subscription(failedStep({ error })));

    expect(message).toHaveLength(1_500);
  });

  test.each([
    ['there is no failed step', subscription('{"message":"step.started"}')],
    ['it is not what CloudWatch Logs sends', { operation: 'watch' }],
  ])('fails when %s', async (_case, event) => {
    await expect(handler(event)).rejects.toThrow();
  });
});
