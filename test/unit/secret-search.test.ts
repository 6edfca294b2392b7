import { findSecrets, FORMS, type Form } from '../../local/observation/secret-search.ts';

describe('the search', () => {
  const PLAIN = 'Example/secret "with" a\\b + 0001';
  const TILDES = '~~~???~~~';
  /** Encoded by printf, base64 and xxd, with nothing, x and xx before the secret. */
  const PLANTED: readonly { form: Form; secret: string; text: string }[] = [
    { form: 'plain', secret: PLAIN, text: 'login as Example/secret "with" a\\b + 0001 failed' },
    {
      form: 'base64 at offset 0',
      secret: PLAIN,
      text: 'RXhhbXBsZS9zZWNyZXQgIndpdGgiIGFcYiArIDAwMDE=',
    },
    {
      form: 'base64 at offset 1',
      secret: PLAIN,
      text: 'eEV4YW1wbGUvc2VjcmV0ICJ3aXRoIiBhXGIgKyAwMDAx',
    },
    {
      form: 'base64 at offset 2',
      secret: PLAIN,
      text: 'eHhFeGFtcGxlL3NlY3JldCAid2l0aCIgYVxiICsgMDAwMQ==',
    },
    { form: 'base64url at offset 0', secret: TILDES, text: 'fn5-Pz8_fn5-' },
    { form: 'base64url at offset 1', secret: TILDES, text: 'eH5-fj8_P35-fg' },
    { form: 'base64url at offset 2', secret: TILDES, text: 'eHh-fn4_Pz9-fn4' },
    {
      form: 'hex',
      secret: PLAIN,
      text: '4578616d706c652f7365637265742022776974682220615c62202b2030303031',
    },
    {
      form: 'capital hex',
      secret: PLAIN,
      text: '4578616D706C652F7365637265742022776974682220615C62202B2030303031',
    },
    {
      form: 'URL-encoded',
      secret: PLAIN,
      text: '?p=Example%2Fsecret%20%22with%22%20a%5Cb%20%2B%200001&q=1',
    },
    {
      form: 'form-encoded',
      secret: PLAIN,
      text: 'p=Example%2Fsecret+%22with%22+a%5Cb+%2B+0001',
    },
    { form: 'JSON', secret: PLAIN, text: '{"p":"Example/secret \\"with\\" a\\\\b + 0001"}' },
    {
      form: 'JSON in JSON',
      secret: PLAIN,
      text: '{"t":"{\\"p\\":\\"Example/secret \\\\\\"with\\\\\\" a\\\\\\\\b + 0001\\"}"}',
    },
  ];

  test.each(PLANTED)('finds a secret that is planted as $form', ({ form, secret, text }) => {
    const haystack = { name: 'a log', text: `before ${text} after` };
    expect(findSecrets([haystack], [{ name: 'it', value: secret }])).toEqual([
      `it as ${form} in a log`,
    ]);
  });

  test('is tested in every form', () => {
    expect(PLANTED.map(({ form }) => form)).toEqual(FORMS);
  });

  test('finds a secret that is broken into lines', () => {
    const text = 'RXhhbXBsZS9zZWNy\nZXQgIndpdGgiIGFc\n  YiArIDAwMDE=';
    expect(findSecrets([{ name: 'a mail', text }], [{ name: 'it', value: PLAIN }])).toEqual([
      'it as base64 at offset 0 in a mail',
    ]);
  });

  test('finds nothing where there is nothing', () => {
    const text = 'Example/secret "with" a\\b + 0002';
    expect(findSecrets([{ name: 'a log', text }], [{ name: 'it', value: PLAIN }])).toEqual([]);
  });
});
