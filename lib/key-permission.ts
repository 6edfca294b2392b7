import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface KeyPermission {
  readonly sid: string;
  /** The key; without one there is nothing to allow. */
  readonly key: IKey | undefined;
  readonly actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[];
  /** The service that calls KMS for the function, as `kms:ViaService` names it: `secretsmanager`. */
  readonly service: string;
  /** What the service says to KMS of the thing that it encrypts, and the ARNs of which it may be said. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The use of a customer's key through one service and for the named things only: never by a call to KMS itself. */
export function keyPermission(
  scope: Construct,
  { sid, key, actions, service, context }: KeyPermission,
): readonly PolicyStatement[] {
  if (key === undefined) return [];
  const { region } = Stack.of(scope);
  const conditions = Object.fromEntries(
    Object.entries(context).map(([name, arns]) => [`kms:EncryptionContext:${name}`, arns]),
  );
  return [
    new PolicyStatement({
      sid,
      actions: [...actions],
      resources: [key.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, ...conditions },
      },
    }),
  ];
}
