import { firstEndOfPemMs } from '../../lambda/adapters/certificate-end.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';

const MARCH = '2031-03-01T00:00:00Z';
const APRIL = '2031-04-01T00:00:00Z';

let bundle: string;

beforeAll(async () => {
  const ca = await CertificateAuthority.create('CA');
  const issue = async (end: string): Promise<string> =>
    (await ca.issue({ commonName: 'one', notAfter: new Date(end) })).certificatePem;
  bundle = (await issue(APRIL)) + (await issue(MARCH));
});

test.each([
  ['all are valid: the first end', '2031-01-01T00:00:00Z', MARCH],
  ['one has ended: the end of the other', '2031-03-15T00:00:00Z', APRIL],
  ['all have ended: the last end', '2031-05-01T00:00:00Z', APRIL],
])('says when certificates end, where %s', (_case, now, end) => {
  expect(firstEndOfPemMs(bundle, Date.parse(now))).toBe(Date.parse(end));
});
