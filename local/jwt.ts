import {
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

export type Claims = Readonly<Record<string, unknown>>;

/** A public RSA key as a JWK set lists it. */
export interface PublishedKey extends JsonWebKey {
  readonly kid: string;
}

/** What an issuer signs with. */
export interface IssuerKeys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, Promise<IssuerKeys>>();

/** The key pair of that name, made when it is first asked for. Making one takes long: a process has one of each name. */
export async function issuerKeys(kid: string): Promise<IssuerKeys> {
  const keys = made.get(kid) ?? makeKeys(kid);
  made.set(kid, keys);
  return await keys;
}

async function makeKeys(kid: string): Promise<IssuerKeys> {
  return { kid, ...(await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })) };
}

/** A JSON Web Token signed with RS256 (RFC 7519, RFC 7518). */
export function signJwt(claims: Claims, key: Pick<IssuerKeys, 'kid' | 'privateKey'>): string {
  const head = [{ alg: 'RS256', typ: 'JWT', kid: key.kid }, claims].map(encoded).join('.');
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), key.privateKey).toString('base64url')}`;
}

/** Its claims; undefined where none of the keys signed it with RS256. What the claims say is not looked at. */
export function verifyJwt(token: string, keys: readonly PublishedKey[]): Claims | undefined {
  const [head = '', payload = '', signature = '', ...more] = token.split('.');
  const { alg, kid } = decoded(head);
  const key = keys.find((one) => one.kid === kid);
  if (more.length > 0 || alg !== 'RS256' || key === undefined) return undefined;
  const isAuthentic = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${payload}`),
    createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  return isAuthentic ? decoded(payload) : undefined;
}

export function publishedKey({
  publicKey,
  kid,
}: Pick<IssuerKeys, 'kid' | 'publicKey'>): PublishedKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : {};
  } catch {
    return {};
  }
}
