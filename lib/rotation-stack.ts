import { CfnOutput, type Environment, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { RotationEntry } from '../config/rotations-file.ts';
import { AuditBucket } from './audit-bucket.ts';
import { readCaBundles } from './ca-bundle.ts';
import { functionBundle } from './function-bundle.ts';
import { RotationFunction } from './rotation-function.ts';
import { RotationSchedule } from './rotation-schedule.ts';
import { checkPlace, placeOf } from './secret-place.ts';

export interface RotationStackProps {
  /** The rotation as it stands in rotations.json. */
  readonly rotation: RotationEntry;

  /** Where the CA files that the rotation names are looked for: the folder of rotations.json. */
  readonly folder: string;

  /**
   * The function's code.
   *
   * @default - lambda/handler.ts, bundled, with the CA files
   */
  readonly code?: Code;
}

/**
 * One rotation: the function that Secrets Manager calls, its role, its audit bucket and its schedule.
 *
 * The secret, its policy, the databases and the mirrors exist beforehand and are not touched. Deploying rotates
 * nothing; the output `RotateCommand` does.
 *
 * @throws SynthesisError when the rotation cannot be deployed as it is described
 */
export class RotationStack extends Stack {
  constructor(scope: Construct, id: string, { rotation, folder, code }: RotationStackProps) {
    checkPlace(rotation);
    super(scope, id, {
      description: `Lockstep: rotates the database password of ${rotation.name}.`,
      env: environment(rotation),
    });
    const caBundles = readCaBundles(rotation.databases, folder);
    const secret = Secret.fromSecretCompleteArn(this, 'Secret', rotation.secretArn);
    const auditBucket = new AuditBucket(this, 'Audit', {
      prefix: `lockstep/${rotation.name}/`,
      retentionDays: rotation.audit.retentionDays,
    });
    const rotationFunction = new RotationFunction(this, 'Rotation', {
      rotation,
      auditBucket,
      code: code ?? functionBundle({ caBundles }),
    });
    new RotationSchedule(this, 'Schedule', {
      secret,
      rotationFunction: rotationFunction.function,
      ...rotation.schedule,
    });
    this.#output('FunctionName', rotationFunction.function.functionName);
    this.#output('FunctionArn', rotationFunction.function.functionArn);
    this.#output('AuditBucket', auditBucket.bucketName);
    this.#output('RotateCommand', rotateCommand(rotation.secretArn));
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

function environment({ account, region }: RotationEntry): Environment {
  return {
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
}

function rotateCommand(secretArn: string): string {
  const { region } = placeOf(secretArn);
  return `aws secretsmanager rotate-secret --secret-id ${secretArn} --region ${region}`;
}
