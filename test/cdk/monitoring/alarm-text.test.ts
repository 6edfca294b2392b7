import { Lazy } from 'aws-cdk-lib';
import { alarmText, listNames } from '../../../lib/monitoring/alarm-text.ts';

const short = {
  rotationName: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
  finding: 'setSecret failed.',
  state: 'all is as it was.',
  next: 'wait',
  look: 'aws logs tail orders',
};

describe('the text of an alarm', () => {
  test('says which secret, what happened, what is the state, which command is next', () => {
    expect(alarmText(short)).toBe(
      'Rotation orders, secret arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3: setSecret failed.\n' +
        'State: all is as it was.\nNext: wait\nLook: aws logs tail orders',
    );
  });

  test('loses of its state what CloudWatch would not take, and nothing else', () => {
    const text = alarmText({ ...short, state: 'x'.repeat(2_000) });

    expect(text).toHaveLength(1_024);
    expect(text).toMatch(/State: x+…\nNext: wait\nLook: aws logs tail orders$/);
  });

  test('leaves room for what only the deployment knows', () => {
    const look = `aws logs tail ${Lazy.string({ produce: () => 'x'.repeat(128) })}`;
    const text = alarmText({ ...short, state: 'x'.repeat(2_000), look });

    const [literal = ''] = text.split('\nLook: ');
    expect(literal.length + '\nLook: aws logs tail '.length + 128).toBe(1_024);
  });

  test.each([
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [[], ''],
  ])('lists names as people do: %j', (names, text) => {
    expect(listNames(names)).toBe(text);
  });

  test('counts the names that are too many to list', () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => name.repeat(63));

    expect(listNames(names)).toBe(`${'a'.repeat(63)}, ${'b'.repeat(63)} and 2 more`);
  });
});
