import { parseSuperuser } from '../../lambda/adapters/superuser-secret.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:superuser-AAAAAA';

function parse(text: string, redactor = new Redactor()): ReturnType<typeof parseSuperuser> {
  return parseSuperuser(text, { secretArn: SECRET_ARN, redactor });
}

describe("the superuser's secret", () => {
  test('gives its credential, whatever else is in it', () => {
    const redactor = new Redactor();
    const text = '{"username":"admin","password":"Example_admin","engine":"mariadb"}';
    const { username, password } = parse(text, redactor);
    expect(username).toBe('admin');
    expect(password.reveal()).toBe('Example_admin');
    expect(redactor.clean('it was Example_admin')).toBe('it was [redacted]');
  });

  test.each([
    ['is not JSON', 'Example_admin', 'all'],
    ['has no password', '{"username":"admin"}', 'password'],
    ['has an empty user name', '{"username":"","password":"Example_admin"}', 'username'],
    ['has neither', '{}', 'username, password'],
  ])('fails when it %s, and quotes nothing', (_what, text, fields) => {
    let failure: unknown;
    try {
      parse(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toBe(
      `ConfigurationError: ${SECRET_ARN}: the secret with the superuser does not fit: missing or empty: ${fields}. Next: store {"username": "…", "password": "…"} in it.`,
    );
  });
});
