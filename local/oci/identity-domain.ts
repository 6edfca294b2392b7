import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import {
  issuerKeys,
  publishedKey,
  signJwt,
  verifyJwt,
  type Claims,
  type IssuerKeys,
  type PublishedKey,
} from '../jwt.ts';
import { ruleFits } from './impersonation-rule.ts';
import { OAuthError } from './oauth-error.ts';

const KID = 'local-domain';
const LIFETIME_MS = 3_600_000;
const KEY_BITS_MIN = 2048;
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TOKEN_TYPE = 'urn:oci:token-type:oci-upst';

/** An IdentityPropagationTrust as the domain's administrator makes it, in the words of its API. */
export interface IdentityPropagationTrust {
  readonly issuer: string;
  /** URL of the issuer's JWK set. */
  readonly publicKeyEndpoint: string;
  /** Client ids that may exchange. */
  readonly oauthClients: readonly string[];
  /** One of these must be in the claim `aud`. */
  readonly clientClaimValues: readonly string[];
  /** The first rule that fits decides. */
  readonly impersonationServiceUsers: readonly { readonly rule: string; readonly value: string }[];
  /** @default true */
  readonly active?: boolean;
}

export interface IdentityDomainOptions {
  now(): number;
  /** Secrets of confidential applications, by client id. */
  readonly clients: ReadonlyMap<string, string>;
  /** Found by issuer, which is unique. */
  readonly trusts: readonly IdentityPropagationTrust[];
  /** How long a session lives, in milliseconds; OCI's is an hour at most. May be changed at any time. @default an hour */
  readonly lifetimeMs?: number;
}

export interface ExchangeRequest {
  readonly client: { readonly id: string; readonly secret: string } | undefined;
  readonly form: URLSearchParams;
  /** Gets a JWK set. */
  readonly fetchKeys: (url: string) => Promise<readonly PublishedKey[]>;
}

/**
 * The token exchange of an OCI identity domain, JWT to UPST. Source: OCI, Token Exchange Grant Type: Exchanging a JSON
 * Web Token for a UPST. The codes of refusals are those of RFC 6749 and RFC 8693: OCI does not document its own.
 */
export class IdentityDomain {
  lifetimeMs: number;
  readonly #options: IdentityDomainOptions;
  /** Undefined until the first exchange. */
  #keys: IssuerKeys | undefined;
  /** `jti` of every session that was not ended early. */
  readonly #open = new Set<unknown>();

  constructor(options: IdentityDomainOptions) {
    this.#options = options;
    this.lifetimeMs = options.lifetimeMs ?? LIFETIME_MS;
  }

  /** @throws {OAuthError} for a refusal. */
  async exchange(request: ExchangeRequest): Promise<string> {
    const { form } = request;
    const clientId = this.#authenticate(request.client);
    if (form.get('grant_type') !== GRANT_TYPE) {
      throw new OAuthError('unsupported_grant_type', 'The grant type is not token exchange.');
    }
    if (
      form.get('requested_token_type') !== TOKEN_TYPE ||
      form.get('subject_token_type') !== 'jwt'
    ) {
      throw new OAuthError('invalid_request', 'Only a jwt can be exchanged, for an oci-upst.');
    }
    const sessionKey = parsePublicKey(form.get('public_key') ?? '');
    const claims = await this.#verify(form.get('subject_token') ?? '', { ...request, clientId });
    this.#keys = await issuerKeys(KID);
    const nowS = Math.floor(this.#options.now() / 1000);
    const jti = randomUUID();
    this.#open.add(jti);
    return signJwt(
      {
        sub: claims.serviceUser,
        jti,
        iat: nowS,
        exp: nowS + this.lifetimeMs / 1000,
        // A JSON text, as in the tokens of OCI.
        jwk: JSON.stringify(publishedKey({ publicKey: sessionKey, kid: 'session' })),
      },
      this.#keys,
    );
  }

  /** The session's key in a token of this domain that has not ended, nor been ended. */
  readonly sessionKeyOf = (token: string): KeyObject | undefined => {
    const claims = this.#keys && verifyJwt(token, [publishedKey(this.#keys)]);
    if (claims === undefined) return undefined;
    const { exp, jti, jwk } = claims;
    if (!this.#open.has(jti) || Number(exp) * 1000 <= this.#options.now()) return undefined;
    return createPublicKey({ key: JSON.parse(String(jwk)) as PublishedKey, format: 'jwk' });
  };

  /** Ends every session that was given so far, whatever its token says. */
  endSessions(): void {
    this.#open.clear();
  }

  #authenticate(client: ExchangeRequest['client']): string {
    const secret = client && this.#options.clients.get(client.id);
    if (client === undefined || secret === undefined || client.secret !== secret) {
      throw new OAuthError('invalid_client', 'Client authentication failed.', 401);
    }
    return client.id;
  }

  async #verify(
    token: string,
    { clientId, fetchKeys }: ExchangeRequest & { readonly clientId: string },
  ): Promise<{ readonly serviceUser: string }> {
    const { iss } = unverifiedClaims(token);
    const trust = this.#options.trusts.find((one) => one.issuer === iss && one.active !== false);
    if (trust === undefined) throw refused('there is no active trust for its issuer');
    if (!trust.oauthClients.includes(clientId)) {
      throw new OAuthError('unauthorized_client', 'The trust does not name the client.', 401);
    }
    const claims = verifyJwt(token, await fetchKeys(trust.publicKeyEndpoint));
    if (claims === undefined) throw refused('its signature is not of the issuer');
    if (!(Number(claims['exp']) * 1000 > this.#options.now())) throw refused('it has ended');
    const audiences = [claims['aud']].flat();
    if (!trust.clientClaimValues.some((value) => audiences.includes(value))) {
      throw refused('its audience is another');
    }
    const user = trust.impersonationServiceUsers.find(({ rule }) => ruleFits(rule, claims));
    if (user === undefined) throw refused('no rule fits it');
    return { serviceUser: user.value };
  }
}

function parsePublicKey(base64: string): KeyObject {
  try {
    const der = Buffer.from(base64, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === 'rsa' && modulusLength >= KEY_BITS_MIN) return key;
  } catch {
    // The refusal below.
  }
  throw new OAuthError('invalid_request', 'public_key is no RSA key of 2048 bits or more.');
}

function unverifiedClaims(token: string): Claims {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  } catch {
    return {};
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', `The subject token is not accepted: ${reason}.`);
}
