import { randomUUID } from 'node:crypto';
import { issuerKeys, publishedKey, signJwt, type PublishedKey } from '../jwt.ts';
import { AwsServiceError } from './service-error.ts';

const KID = 'local-sts';
const LIFETIME_S = { min: 60, max: 3_600, default: 300 };
const ALGORITHMS = ['RS256', 'ES384'];

export interface WebIdentityIssuerOptions {
  now(): number;
  readonly region: string;
  readonly accountId: string;
}

export interface WebIdentityRequest {
  readonly audiences: readonly string[];
  readonly signingAlgorithm: string | undefined;
  readonly durationSeconds: number | undefined;
}

/**
 * IAM's outbound identity federation: tokens in which an account says whose role the caller has. Sources: the STS API
 * reference, GetWebIdentityToken; the IAM user guide, outbound identity federation, for issuer and claims.
 *
 * Every caller has the one role, and may ask for every audience. Tags and ES384 are not modelled.
 */
export class WebIdentityIssuer {
  /** Whether the account has the feature. May be changed at any time. */
  isEnabled = true;
  readonly issuer = `https://${randomUUID()}.tokens.sts.global.api.aws`;
  /** Whose calls these are. May be changed at any time. */
  roleArn: string;
  readonly #options: WebIdentityIssuerOptions;

  constructor(options: WebIdentityIssuerOptions) {
    this.#options = options;
    this.roleArn = `arn:aws:iam::${options.accountId}:role/lockstep`;
  }

  /** The keys that its tokens can be verified with. */
  async publishedKeys(): Promise<readonly PublishedKey[]> {
    return [publishedKey(await issuerKeys(KID))];
  }

  /** @throws {AwsServiceError} for a refusal. */
  async getWebIdentityToken(
    request: WebIdentityRequest,
  ): Promise<{ readonly token: string; readonly expiration: Date }> {
    const { region, accountId } = this.#options;
    const { audiences } = request;
    checkRequest(request);
    if (!this.isEnabled) {
      throw new AwsServiceError(
        'OutboundWebIdentityFederationDisabledException',
        'Outbound web identity federation is not enabled for this account.',
        { status: 403 },
      );
    }
    const iat = Math.floor(this.#options.now() / 1000);
    const exp = iat + (request.durationSeconds ?? LIFETIME_S.default);
    const claims = {
      iss: this.issuer,
      aud: audiences.length === 1 ? audiences[0] : audiences,
      sub: this.roleArn,
      jti: randomUUID(),
      iat,
      exp,
      'https://sts.amazonaws.com/': { aws_account: accountId, source_region: region },
    };
    return {
      token: signJwt(claims, await issuerKeys(KID)),
      expiration: new Date(exp * 1000),
    };
  }
}

function checkRequest(request: WebIdentityRequest): void {
  const { audiences, signingAlgorithm = '', durationSeconds = LIFETIME_S.default } = request;
  if (audiences.length === 0) throw invalid("Value null at 'audience': Member must not be null");
  if (!ALGORITHMS.includes(signingAlgorithm)) {
    throw invalid(
      `Value '${signingAlgorithm}' at 'signingAlgorithm': Member must satisfy enum value set: [RS256, ES384]`,
    );
  }
  if (!(durationSeconds >= LIFETIME_S.min && durationSeconds <= LIFETIME_S.max)) {
    throw invalid(
      `Value '${durationSeconds}' at 'durationSeconds': Member must have value between 60 and 3600`,
    );
  }
  if (signingAlgorithm !== 'RS256') {
    throw new AwsServiceError('NotImplemented', 'This stand-in signs with RS256 only.', {
      status: 501,
    });
  }
}

function invalid(finding: string): AwsServiceError {
  return new AwsServiceError('ValidationError', `1 validation error detected: ${finding}`);
}
