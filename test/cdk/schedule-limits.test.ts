import { checkSchedule } from '../../lib/schedule-limits.ts';
import { newStack, orders } from './orders.ts';

function check(expression: string, duration?: string): () => unknown {
  return () => checkSchedule({ rotationName: 'orders', expression, duration });
}

describe('the limits of a schedule', () => {
  test.each([
    ['rate(4 hours)', undefined],
    ['rate(4 hours)', '4h'],
    ['rate(999 days)', '24h'],
    ['cron(0 0/4 * * ? *)', '4h'],
    ['cron(0 3 1 * ? *)', '21h'],
    ['cron(0 23 ? * SUN *)', '1h'],
  ])('are kept by %s with a window of %s', (expression, duration) => {
    expect(check(expression, duration)).not.toThrow();
  });

  test('fails when the mirror cannot hold versions as fast as that', () => {
    expect(check('cron(0 * * * ? *)')).toThrow(
      'rotation "orders": its schedule cron(0 * * * ? *) is faster than a mirror can hold versions: ' +
        '25 would await their deletion at once, of 30 that OCI Vault keeps; rotate every 4 hours at most',
    );
    expect(check('rate(1 hour)')).toThrow('is faster than a mirror can hold versions');
  });

  test('fails when two of its hours are next to each other, however rare it is otherwise', () => {
    expect(check('cron(0 3,4 1 * ? *)')).toThrow('is faster than a mirror can hold versions');
  });

  test('fails when Secrets Manager does not rotate as fast as that', () => {
    expect(check('rate(3 hours)')).toThrow(
      'rotation "orders": its schedule rate(3 hours) is faster than Secrets Manager rotates: every 4 hours at most',
    );
    expect(check('cron(0 3 * * ? *)', '2h')).not.toThrow();
    expect(check('cron(0 3,6 * * ? *)')).toThrow('is faster than Secrets Manager rotates');
  });

  test.each([
    ['the rate is slower than Secrets Manager takes', 'rate(1000 days)', undefined, '999 days'],
    ['the window reaches into the next one', 'rate(4 hours)', '5h', 'into the next one'],
    ['the window reaches into the next day', 'cron(0 3 1 * ? *)', '22h', 'into the next day'],
    ['the window has no hour', 'rate(4 hours)', '0h', 'has a window of no hour'],
    ['it cannot be read', 'cron(30 3 1 * ? *)', undefined, 'is none that Secrets Manager takes'],
  ])('fails when %s', (_case, expression, duration, reason) => {
    expect(check(expression, duration)).toThrow(reason);
  });

  test('stop the synthesis of a rotation', () => {
    expect(() => newStack({ ...orders, schedule: { expression: 'rate(1 hour)' } })).toThrow(
      'rotation "orders": its schedule rate(1 hour) is faster than a mirror can hold versions',
    );
  });
});
