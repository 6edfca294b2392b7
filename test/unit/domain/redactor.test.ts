import { inspect } from 'node:util';
import { Password } from '../../../lambda/domain/password.ts';
import { Redactor } from '../../../lambda/domain/redactor.ts';

const SECRET = 'Example/"pass"+word_1';

describe('the redactor', () => {
  const redactor = new Redactor();
  redactor.add(SECRET);

  test.each([
    ['plain', 'Example/"pass"+word_1'],
    ['JSON', 'Example/\\"pass\\"+word_1'],
    ['URL', 'Example%2F%22pass%22%2Bword_1'],
    ['hex', '4578616d706c652f2270617373222b776f72645f31'],
    ['base64', 'RXhhbXBsZS8icGFzcyIrd29yZF8x'],
  ])('takes out the %s form', (_form, text) => {
    const cleaned = redactor.clean(`before ${text} after`);
    expect(cleaned).toBe('before [redacted] after');
  });

  test.each([0, 1, 2])('takes out base64 of a text that holds it at offset %d', (offset) => {
    const encoded = Buffer.from(`${'x'.repeat(offset)}${SECRET}yyyy`).toString('base64');
    expect(redactor.clean(encoded)).toContain('[redacted]');
  });

  test('leaves other text alone', () => {
    expect(redactor.clean('ORA-01017: invalid username/password')).toBe(
      'ORA-01017: invalid username/password',
    );
  });

  test('ignores texts so short that they would black out words', () => {
    const short = new Redactor();
    short.add('app', '');
    expect(short.clean('the app failed')).toBe('the app failed');
  });

  test('summarizes an error and its causes without what a driver hung on them', () => {
    const cause = Object.assign(new Error(`server said ${SECRET}`), { code: '28P01', sql: SECRET });
    const error = Object.assign(new Error('login failed', { cause }), { query: { text: SECRET } });
    const summary = redactor.summarize(error);
    expect(inspect(summary, { depth: 10, showHidden: true })).not.toContain(SECRET);
    expect(summary.message).toBe('login failed');
    expect(summary.cause).toMatchObject({ message: '28P01 server said [redacted]' });
  });

  test('summarizes what is no error at all', () => {
    expect(redactor.summarize({ code: 'EOPENBREAKER', message: SECRET }).message).toBe(
      'EOPENBREAKER [redacted]',
    );
    expect(redactor.summarize(SECRET).message).toBe('[redacted]');
    expect(redactor.summarize(undefined).message).toBe('undefined');
  });

  test('follows a ring of causes only so far', () => {
    const error = new Error('ring');
    error.cause = error;
    expect(redactor.summarize(error).message).toBe('ring');
  });
});

describe('a password', () => {
  const password = new Password(SECRET);

  test('shows itself to nobody who does not ask', () => {
    expect(String(password)).toBe('[redacted]');
    expect(JSON.stringify({ password })).toBe('{"password":"[redacted]"}');
    expect(inspect({ password }, { showHidden: true })).toBe('{ password: [redacted] }');
    expect(password.reveal()).toBe('Example/"pass"+word_1');
  });
});
