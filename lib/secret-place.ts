import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { credentialSecretArns, type Reached } from './credential-secrets.ts';
import { SynthesisError } from './synthesis-error.ts';

/** The account and region that a secret lives in. */
export interface SecretPlace {
  readonly account: string;
  readonly region: string;
}

/** Reads account and region from the complete ARN of a secret, or of a key. */
export function placeOf(arn: string): SecretPlace {
  const { account = '', region = '' } = Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME);
  return { account, region };
}

export interface PlacedRotation extends Reached {
  readonly name: string;
  readonly secretArn: string;
  readonly connectionStrings?: { readonly secretArn?: string | undefined } | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Checks that the function, which lives beside the rotated secret, can reach every other secret of AWS.
 *
 * @throws SynthesisError when the rotation is to live elsewhere than its secret, or needs a secret of another region
 */
export function checkPlace(rotation: PlacedRotation): void {
  const place = placeOf(rotation.secretArn);
  for (const part of ['account', 'region'] as const) {
    const wanted = rotation[part];
    if (wanted !== undefined && wanted !== place[part]) {
      throw new SynthesisError(
        `rotation "${rotation.name}": its ${part} is ${wanted}, but its secret is in ${place[part]}`,
      );
    }
  }
  const { secretArn: second } = rotation.connectionStrings ?? {};
  for (const arn of [
    ...credentialSecretArns(rotation),
    ...(second === undefined ? [] : [second]),
  ]) {
    // Only the deployment knows where a secret of the same app will be: beside it.
    if (Token.isUnresolved(arn)) continue;
    const { region } = placeOf(arn);
    if (region !== place.region) {
      throw new SynthesisError(
        `rotation "${rotation.name}": the secret ${arn} must be in ${place.region}, beside the rotated one`,
      );
    }
  }
}
