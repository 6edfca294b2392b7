import { Arn, ArnFormat } from 'aws-cdk-lib';
import type { RotationEntry } from '../config/rotations-file.ts';
import { credentialSecretArns } from './rotation-permissions.ts';
import { SynthesisError } from './synthesis-error.ts';

/** The account and region that a secret lives in. */
export interface SecretPlace {
  readonly account: string;
  readonly region: string;
}

/** Reads account and region from the complete ARN of a secret. */
export function placeOf(secretArn: string): SecretPlace {
  const { account = '', region = '' } = Arn.split(secretArn, ArnFormat.COLON_RESOURCE_NAME);
  return { account, region };
}

/**
 * Checks that the function, which lives beside the rotated secret, can reach every secret that it reads.
 *
 * @throws SynthesisError when the rotation is to live elsewhere than its secret, or reads a secret of another region
 */
export function checkPlace(rotation: RotationEntry): void {
  const place = placeOf(rotation.secretArn);
  for (const part of ['account', 'region'] as const) {
    const wanted = rotation[part];
    if (wanted !== undefined && wanted !== place[part]) {
      throw new SynthesisError(
        `rotation "${rotation.name}": its ${part} is ${wanted}, but its secret is in ${place[part]}`,
      );
    }
  }
  for (const arn of credentialSecretArns(rotation)) {
    const { region } = placeOf(arn);
    if (region !== place.region) {
      throw new SynthesisError(
        `rotation "${rotation.name}": the secret ${arn} must be in ${place.region}, beside the rotated one`,
      );
    }
  }
}
