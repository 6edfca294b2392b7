import { basicCredentials, parseOAuthClient } from '../../lambda/adapters/oci-oauth-client.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:oci-client-AAAAAA';

test('is read out of its secret; its secret is added to the redactor, alone and as HTTP sends it', () => {
  const redactor = new Redactor();
  const text = '{"clientId":"lockstep","clientSecret":"example-secret","note":"kept"}';

  const client = parseOAuthClient(text, { secretArn, redactor });

  expect(client).toEqual({ clientId: 'lockstep', clientSecret: 'example-secret' });
  expect(basicCredentials(client)).toBe('bG9ja3N0ZXA6ZXhhbXBsZS1zZWNyZXQ=');
  expect(redactor.clean('example-secret bG9ja3N0ZXA6ZXhhbXBsZS1zZWNyZXQ=')).toBe(
    '[redacted] [redacted]',
  );
});

test.each([
  ['it is not JSON', '{"clientSecret":"example-secret"', 'all'],
  ['the client has no name', '{"clientSecret":"example-secret"}', 'clientId'],
  ['its name holds a colon', '{"clientId":"a:b","clientSecret":"example-secret"}', 'clientId'],
  ['its secret is empty', '{"clientId":"lockstep","clientSecret":""}', 'clientSecret'],
])('fails when %s', (_case, text, field) => {
  const parse = (): unknown => parseOAuthClient(text, { secretArn, redactor: new Redactor() });

  expect(parse).toThrow(ConfigurationError);
  expect(parse).toThrow(`${secretArn}: the secret with the OAuth client does not fit`);
  expect(parse).toThrow(`missing or not in its form: ${field}. Next: store`);
  expect(parse).not.toThrow('example-secret');
});
