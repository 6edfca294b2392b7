import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PasswordRotation } from '../password-rotation.ts';

/** The commands that a person who is told of a failure needs next, ready to paste. */
export interface OperatorCommands {
  /** Rotates now. While a rotation is stuck it makes Secrets Manager try that one again, and answers with an error. */
  readonly rotate: string;
  /** Shows the versions and their staging labels: AWSPENDING apart from AWSCURRENT is a rotation that has not ended. */
  readonly describe: string;
  /**
   * Shows what the last steps warned of: why one failed, what it left behind, what it says to do. Without quotes, which
   * would not survive the way through EventBridge.
   */
  readonly failures: string;
}

export function operatorCommands(
  scope: Construct,
  { secretArn, logGroup }: Pick<PasswordRotation, 'secretArn' | 'logGroup'>,
): OperatorCommands {
  const { region } = Stack.of(scope);
  const secret = `--secret-id ${secretArn} --region ${region}`;
  return {
    rotate: `aws secretsmanager rotate-secret ${secret}`,
    describe: `aws secretsmanager describe-secret ${secret}`,
    failures: `aws logs tail ${logGroup.logGroupName} --since 1d --region ${region} --filter-pattern WARN`,
  };
}
