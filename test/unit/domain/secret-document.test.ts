import { Password } from '../../../lambda/domain/password.ts';
import { Redactor } from '../../../lambda/domain/redactor.ts';
import { parseSecretDocument } from '../../../lambda/adapters/secret-document.ts';
import { differingKeys, withCredential } from '../../../lambda/domain/secret-document.ts';

const read = (text: string): ReturnType<typeof parseSecretDocument> =>
  parseSecretDocument(text, { vault: 'example', version: '1', redactor: new Redactor() });
const NEXT = new Password('Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa');

describe('a document with another password', () => {
  test.each([
    [
      'compact',
      '{"username":"app","password":"Example_old","host":"h"}',
      '{"username":"app","password":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa","host":"h"}',
    ],
    [
      'laid out by a person',
      '{\n  "password" : "Example_old",\n  "username": "app"\n}\n',
      '{\n  "password" : "Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa",\n  "username": "app"\n}\n',
    ],
    [
      'with a number that JavaScript cannot hold',
      '{"username":"app","password":"Example_old","id":12345678901234567890,"rate":1.0}',
      '{"username":"app","password":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa","id":12345678901234567890,"rate":1.0}',
    ],
    [
      'with the word elsewhere',
      '{"username":"password","x":{"password":"inner"},"y":["password",":"],"password":"a\\"b\\\\:{","z":"password"}',
      '{"username":"password","x":{"password":"inner"},"y":["password",":"],"password":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa","z":"password"}',
    ],
    [
      'with the key twice, of which the last counts',
      '{"username":"app","password":"Example_one","password":"Example_two"}',
      '{"username":"app","password":"Example_one","password":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa"}',
    ],
    [
      'with the key written in escapes',
      '{"username":"app","p\\u0061ssword":"Example_old"}',
      '{"username":"app","p\\u0061ssword":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa"}',
    ],
  ])('%s, is the same byte for byte but for the password', (_what, text, expected) => {
    const { username } = read(text).credential;
    const changed = withCredential(read(text), { username, password: NEXT });
    expect(changed.text).toBe(expected);
    const again = read(changed.text);
    expect(again.credential.password.equals(NEXT)).toBe(true);
    expect(differingKeys(again, read(text))).toEqual([]);
  });
});

test('a document with another credential is the same byte for byte but for user name and password', () => {
  const text = '{"username" :"app_a","password":"Example_old","note":"app_a","rate":1.0}';
  const changed = withCredential(read(text), { username: 'app_b', password: NEXT });
  expect(changed.text).toBe(
    '{"username" :"app_b","password":"Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa","note":"app_a","rate":1.0}',
  );
  expect(changed.credential.username).toBe('app_b');
  expect(changed.fields['username']).toBe('app_b');
});
