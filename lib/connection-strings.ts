import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ConnectionStringsConfig } from '../config/connection-strings-config.ts';
import { completeArn } from './complete-arn.ts';

/** Second secrets that hold connection strings with the credential and are published with it. At least one. */
export interface ConnectionStringsProps {
  /**
   * A secret in AWS, beside the rotated one: it holds the credential already and is not rotated itself. Where a customer's
   * key encrypts it, import it with that key.
   *
   * @default - none
   */
  readonly secret?: ISecret | undefined;

  /**
   * Secrets in OCI, each reached as the secret of the mirror that it names.
   *
   * @default - none
   */
  readonly mirrors?: readonly ConnectionStringsMirrorProps[] | undefined;
}

export interface ConnectionStringsMirrorProps {
  /** The name of a mirror of the rotation. */
  readonly mirror: string;

  /** The OCID of an OCI secret that holds the credential already. */
  readonly secretOcid: string;
}

/** The same as the function is told. @throws SynthesisError when the secret has no complete ARN */
export function connectionStringsConfig(props: {
  readonly rotationName: string;
  readonly connectionStrings?: ConnectionStringsProps | undefined;
}): ConnectionStringsConfig | undefined {
  const { rotationName, connectionStrings } = props;
  if (connectionStrings === undefined) return undefined;
  const { secret, mirrors } = connectionStrings;
  return {
    ...(secret && { secretArn: completeArn({ rotationName, secret }) }),
    ...(mirrors && { mirrors: [...mirrors] }),
  };
}
