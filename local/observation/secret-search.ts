/** Something that must appear nowhere. The name says what it is and is no secret. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** A text in which no secret may be. */
export interface Haystack {
  readonly name: string;
  readonly text: string;
}

export const FORMS = [
  'plain',
  'base64 at offset 0',
  'base64 at offset 1',
  'base64 at offset 2',
  'base64url at offset 0',
  'base64url at offset 1',
  'base64url at offset 2',
  'hex',
  'capital hex',
  'URL-encoded',
  'form-encoded',
  'JSON',
  'JSON in JSON',
] as const;
export type Form = (typeof FORMS)[number];

/** Bits of a character of base64, and of a byte. */
const [SEXTET, OCTET] = [6, 8];

/**
 * Looks for every secret in every haystack, as it is and encoded. White space in the haystack does not hide it: encoded
 * texts are often broken into lines.
 *
 * @returns one sentence for each find, `<secret> as <form> in <haystack>`, which does not quote it
 */
export function findSecrets(
  haystacks: readonly Haystack[],
  secrets: readonly Secret[],
): readonly string[] {
  const needles = secrets.flatMap(({ name, value }) =>
    // Where two forms look the same, the first one gives its name.
    [...new Map(FORMS.toReversed().map((form) => [encode(value, form), form]))].map(
      ([needle, form]) => ({
        needle,
        sentence: `${name} as ${form}`,
      }),
    ),
  );
  return haystacks.flatMap(({ name, text }) => {
    const joined = text.replaceAll(/\s+/g, '');
    return needles
      .filter(({ needle }) => text.includes(needle) || joined.includes(needle))
      .map(({ sentence }) => `${sentence} in ${name}`);
  });
}

/** How a secret looks in a form. Of base64, only the characters that the secret alone decides. */
function encode(value: string, form: Form): string {
  switch (form) {
    case 'plain':
      return value;
    case 'base64 at offset 0':
    case 'base64 at offset 1':
    case 'base64 at offset 2':
      return sextets(value, { encoding: 'base64', offset: Number(form.at(-1)) });
    case 'base64url at offset 0':
    case 'base64url at offset 1':
    case 'base64url at offset 2':
      return sextets(value, { encoding: 'base64url', offset: Number(form.at(-1)) });
    case 'hex':
      return Buffer.from(value).toString('hex');
    case 'capital hex':
      return Buffer.from(value).toString('hex').toUpperCase();
    case 'URL-encoded':
      return encodeURIComponent(value);
    case 'form-encoded':
      return new URLSearchParams([['', value]]).toString().slice(1);
    case 'JSON':
      return quoted(value);
    case 'JSON in JSON':
      return quoted(quoted(value));
  }
}

function sextets(
  value: string,
  { encoding, offset }: { readonly encoding: 'base64' | 'base64url'; readonly offset: number },
): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const first = Math.ceil((offset * OCTET) / SEXTET);
  const end = Math.floor((bytes.length * OCTET) / SEXTET);
  return bytes.toString(encoding).slice(first, end);
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
