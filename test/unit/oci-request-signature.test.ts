import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { verifyRequest, type SignedRequest } from '../../local/oci/request-signature.ts';

// The examples of OCI's documentation, "Request Signatures", Test Values: what is signed is compared byte for byte, with
// a key of our own in the place of Oracle's. 5 January 2014 was a Sunday; the example says Thursday, and is signed so.
const HOST = 'iaas.us-phoenix-1.oraclecloud.com';
const DATE = 'Thu, 05 Jan 2014 21:31:40 GMT';
const NOW_MS = Date.UTC(2014, 0, 5, 21, 31, 40);
const GET_TARGET =
  '/20160918/instances?availabilityDomain=Pjwf%3A%20PHX-AD-1' +
  '&compartmentId=ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa' +
  '&displayName=TeamXInstances' +
  '&volumeId=ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q';
const GET_SIGNED = `date: ${DATE}\n(request-target): get ${GET_TARGET}\nhost: ${HOST}`;
const POST_TARGET = '/20160918/volumeAttachments';
const POST_BODY = `{
    "compartmentId": "ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa",
    "instanceId": "ocid1.instance.oc1.phx.abuw4ljrlsfiqw6vzzxb43vyypt4pkodawglp3wqxjqofakrwvou52gb6s5a",
    "volumeId": "ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q"
}`;
const POST_SHA256 = 'V9Z20UJTvkvpJ50flBzKE32+6m2zJjweHpDMX/U4Uy0=';
const POST_HEADERS = 'date (request-target) host content-length content-type x-content-sha256';
const POST_SIGNED = [
  `date: ${DATE}`,
  `(request-target): post ${POST_TARGET}`,
  `host: ${HOST}`,
  'content-length: 316',
  'content-type: application/json',
  `x-content-sha256: ${POST_SHA256}`,
].join('\n');

let key: ApiKey;

beforeAll(async () => {
  key = await createApiKey();
});

interface Parts {
  readonly headers: string;
  readonly signed: string;
  readonly version?: string;
  readonly algorithm?: string;
  readonly keyId?: string;
}

function authorization(parts: Parts): string {
  const { headers, signed, version = '1', algorithm = 'rsa-sha256', keyId = key.keyId } = parts;
  const signature = sign('RSA-SHA256', Buffer.from(signed), key.privateKeyPem).toString('base64');
  return `Signature version="${version}",keyId="${keyId}",algorithm="${algorithm}",headers="${headers}",signature="${signature}"`;
}

function getRequest(parts: Partial<Parts> = {}): SignedRequest {
  const headers = { headers: 'date (request-target) host', signed: GET_SIGNED, ...parts };
  return {
    method: 'GET',
    target: GET_TARGET,
    headers: { host: HOST, date: DATE, authorization: authorization(headers) },
    body: Buffer.alloc(0),
  };
}

function postRequest(
  changed: SignedRequest['headers'] = {},
  parts: Partial<Parts> = {},
): SignedRequest {
  return {
    method: 'POST',
    target: POST_TARGET,
    headers: {
      host: HOST,
      date: DATE,
      'content-type': 'application/json',
      'content-length': '316',
      'x-content-sha256': POST_SHA256,
      authorization: authorization({ headers: POST_HEADERS, signed: POST_SIGNED, ...parts }),
      ...changed,
    },
    body: Buffer.from(POST_BODY),
  };
}

function verified(request: SignedRequest, nowMs = NOW_MS): string {
  return verifyRequest(request, { publicKeys: new Map([[key.keyId, key.publicKeyPem]]), nowMs });
}

function refusal(request: SignedRequest, nowMs = NOW_MS): string {
  try {
    verified(request, nowMs);
  } catch (error) {
    expect(error).toMatchObject({ status: 401, code: 'NotAuthenticated' });
    return String((error as Error).message.split(': ')[1]);
  }
  throw new Error('the request was accepted');
}

test("OCI's documented examples, with and without a body, are accepted", () => {
  expect(verified(getRequest())).toBe(key.keyId);
  expect(verified(postRequest())).toBe(key.keyId);
});

test('names of signed headers in mixed case stand in the signed string in lower case', () => {
  const headers = 'date (request-target) host Content-Length Content-Type X-Content-SHA256';

  expect(verified(postRequest({}, { headers }))).toBe(key.keyId);
});

test('a clock that is 5 minutes off is accepted, and a millisecond more is not', () => {
  expect(verified(getRequest(), NOW_MS + 300_000)).toBe(key.keyId);
  expect(verified(getRequest(), NOW_MS - 300_000)).toBe(key.keyId);
  expect(refusal(getRequest(), NOW_MS + 300_001)).toBe('the date is off by over 5 minutes.');
  expect(refusal(getRequest(), NOW_MS - 300_001)).toBe('the date is off by over 5 minutes.');
});

test('the date that counts is the one that is signed', () => {
  const signed = `x-date: ${DATE}\n(request-target): get ${GET_TARGET}\nhost: ${HOST}`;
  const request = getRequest({ headers: 'x-date (request-target) host', signed });
  const late = 'Fri, 20 Nov 2026 21:38:38 GMT';

  expect(
    verified({ ...request, headers: { ...request.headers, 'x-date': DATE, date: late } }),
  ).toBe(key.keyId);
});

test.each([
  'date',
  '(request-target)',
  'host',
  'content-length',
  'content-type',
  'x-content-sha256',
])('fails when %s is not signed', (name) => {
  const headers = POST_HEADERS.replace(name, '').replace('  ', ' ').trim();
  const lines = POST_SIGNED.split('\n');
  const signed = lines.filter((line) => !line.startsWith(`${name}: `)).join('\n');

  expect(refusal(postRequest({}, { headers, signed }))).toContain('signed');
});

test.each([
  ['the version is not 1', { version: '2' }],
  ['the algorithm is not rsa-sha256', { algorithm: 'hmac-sha256' }],
  ['the key is not known', { keyId: 'ST$made-up' }],
  ['the signature is not that of the request', { signed: `${GET_SIGNED}\n` }],
])('fails when %s', (reason, parts) => {
  expect(refusal(getRequest(parts))).toBe(`${reason}.`);
});

test('fails when the authorization is missing, or of another scheme', () => {
  const request = getRequest();

  expect(refusal({ ...request, headers: { host: HOST, date: DATE } })).toBe(
    'authorization is missing.',
  );
  expect(
    refusal({ ...request, headers: { ...request.headers, authorization: 'Basic eDp5' } }),
  ).toBe('the scheme is not Signature.');
});

test('fails when a parameter of the authorization is given twice', () => {
  const request = getRequest();
  const twice = `${String(request.headers['authorization'])},keyId="${key.keyId}"`;

  expect(refusal({ ...request, headers: { ...request.headers, authorization: twice } })).toBe(
    'keyId is given twice.',
  );
});

test('fails when the body, its length or its digest is another', () => {
  const request = postRequest();

  expect(refusal({ ...request, body: Buffer.from(POST_BODY.replace('phx', 'iad')) })).toBe(
    'x-content-sha256 is not that of the body.',
  );
  expect(refusal(postRequest({ 'content-length': '317' }))).toBe(
    'content-length is not that of the body.',
  );
  expect(refusal(postRequest({ 'x-content-sha256': undefined }))).toBe(
    'x-content-sha256 is missing.',
  );
});

test('fails when a signed date is no date', () => {
  const request = getRequest();

  expect(refusal({ ...request, headers: { ...request.headers, date: 'yesterday' } })).toBe(
    'the date is off by over 5 minutes.',
  );
});

test('the fingerprint of a key is the MD5 of its DER, in hex with colons', () => {
  const der = Buffer.from(key.publicKeyPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const pairs = createHash('md5').update(der).digest('hex').match(/../g);

  expect(key.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  expect(key.fingerprint.split(':')).toEqual(pairs);
  expect(key.keyId).toBe(`${key.tenancyId}/${key.userId}/${key.fingerprint}`);
});

test("a session's request is verified with the key in its token", () => {
  const sessionKeyOf = (token: string): KeyObject | undefined =>
    token === 'known' ? createPublicKey(key.publicKeyPem) : undefined;
  const verifiedAs = (keyId: string): string =>
    verifyRequest(getRequest({ keyId }), { publicKeys: new Map(), sessionKeyOf, nowMs: NOW_MS });

  expect(verifiedAs('ST$known')).toBe('ST$known');
  expect(() => verifiedAs('ST$unknown')).toThrow('the key is not known');
});

test("fails when another key than the session's has signed, or no session is known at all", () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const request = getRequest({ keyId: 'ST$known' });
  const options = { publicKeys: new Map(), nowMs: NOW_MS };

  expect(() => verifyRequest(request, { ...options, sessionKeyOf: () => publicKey })).toThrow(
    'the signature is not that of the request',
  );
  expect(() => verifyRequest(request, options)).toThrow('the key is not known');
});
