import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { SynthesisError } from './synthesis-error.ts';

/** The ARN of a secret with its six random characters. @throws SynthesisError where the secret was imported without them */
export function completeArn({
  rotationName,
  secret,
}: {
  readonly rotationName: string;
  readonly secret: ISecret;
}): string {
  if (secret.secretFullArn !== undefined) return secret.secretFullArn;
  throw new SynthesisError(
    `rotation "${rotationName}": import its secret with the complete ARN (Secret.fromSecretCompleteArn); a partial one also matches other secrets`,
  );
}
