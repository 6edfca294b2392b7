import { inspect } from 'node:util';
import { parseSecretDocument } from '../../lambda/adapters/secret-document.ts';
import { SecretFormatError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { SecretDocument } from '../../lambda/domain/secret-document.ts';

let redactor: Redactor;

beforeEach(() => {
  redactor = new Redactor();
});

function parse(text: string): SecretDocument {
  return parseSecretDocument(text, { vault: 'oci-frankfurt', version: 'CURRENT', redactor });
}

function failureOf(text: string): unknown {
  try {
    parse(text);
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure');
}

test('keeps the text as stored and every key', () => {
  const text =
    '{\n "password": "some-password", "username": "app", "engine": "oracle",\n "port": 2484, "ssl": [true, null] }';

  const document = parse(text);

  expect(document.text).toBe(
    '{\n "password": "some-password", "username": "app", "engine": "oracle",\n "port": 2484, "ssl": [true, null] }',
  );
  expect(document.fields).toEqual({
    password: 'some-password',
    username: 'app',
    engine: 'oracle',
    port: 2484,
    ssl: [true, null],
  });
  expect(Object.keys(document.fields)).toEqual(['password', 'username', 'engine', 'port', 'ssl']);
  expect(document.credential.username).toBe('app');
  expect(document.credential.password.reveal()).toBe('some-password');
});

test('takes a port written as a string', () => {
  const text = '{"username":"app","password":"some-password","port":"5432"}';

  expect(parse(text).fields['port']).toBe('5432');
});

test('keeps a key that is named like an object’s prototype', () => {
  const text = '{"username":"app","password":"some-password","__proto__":{"a":1}}';

  expect(JSON.stringify(parse(text).fields)).toBe(
    '{"username":"app","password":"some-password","__proto__":{"a":1}}',
  );
});

test('adds the password and the whole text to the redactor', () => {
  const text = '{"username":"app","password":"some-password","note":"private"}';
  parse(text);

  expect(redactor.clean(`the password some-password`)).toBe('the password [redacted]');
  expect(redactor.clean(`read ${text}`)).toBe('read [redacted]');
});

test.each([
  ['{"password":"some-password"}', 'username is missing'],
  ['{"username":"app"}', 'password is missing'],
  ['{}', 'username is missing, password is missing'],
  ['{"username":"","password":"some-password"}', 'username is empty or of the wrong type'],
  ['{"username":"app","password":12345678}', 'password is empty or of the wrong type'],
  ['{"username":"app","password":null}', 'password is empty or of the wrong type'],
  [
    '{"username":"app","password":"some-password","port":"a"}',
    'port is empty or of the wrong type',
  ],
  ['{"username":"app","password":"some-password","host":5}', 'host is empty or of the wrong type'],
  ['["some-password"]', 'the secret string is not a JSON object'],
  ['"some-password"', 'the secret string is not a JSON object'],
  ['null', 'the secret string is not a JSON object'],
  ['some-password', 'the secret string is not JSON'],
  ['{"username":"app","password":"some-password"', 'the secret string is not JSON'],
  ['', 'the secret string is not JSON'],
])('fails when the text does not fit: %s', (text, finding) => {
  const failure = failureOf(text);

  expect(failure).toBeInstanceOf(SecretFormatError);
  expect((failure as SecretFormatError).message).toBe(
    `oci-frankfurt: version CURRENT does not fit: ${finding}. Next: store a JSON object with a username and a password, both non-empty strings, as AWS does for databases.`,
  );
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('some-password');
});

test('adds a text that does not fit to the redactor', () => {
  failureOf('some-password');
  failureOf('{"password":"other-password"}');

  expect(redactor.clean('some-password, other-password')).toBe('[redacted], [redacted]');
});
