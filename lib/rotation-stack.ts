import { CfnOutput, Duration, type Environment, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { RotationEntry } from '../config/rotations-file.ts';
import { AlarmTopic } from './monitoring/alarm-topic.ts';
import { RotationAlarms } from './monitoring/rotation-alarms.ts';
import { RotationDashboard } from './monitoring/rotation-dashboard.ts';
import { PasswordRotation } from './password-rotation.ts';
import { rotationEntryProps } from './rotation-entry-props.ts';
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

  /**
   * The code of the function that looks at the rotation.
   *
   * @default - lambda/inspector-handler.ts, bundled, with the CA files
   */
  readonly inspectorCode?: Code;

  /**
   * The code that reads failures from the log, where there are alarms.
   *
   * @default - bundled from this project
   */
  readonly noticeCode?: Code;
}

type AlarmSettings = NonNullable<RotationEntry['alarms']>;

/**
 * One rotation of rotations.json: a `PasswordRotation`, with the alarms and the dashboard that its entry asks for.
 *
 * Deploying rotates nothing; the output `RotateCommand` does.
 *
 * @throws SynthesisError when the rotation cannot be deployed as it is described
 */
export class RotationStack extends Stack {
  readonly rotation: PasswordRotation;

  constructor(
    scope: Construct,
    id: string,
    { rotation, folder, code, inspectorCode, noticeCode }: RotationStackProps,
  ) {
    checkPlace(rotation);
    super(scope, id, {
      description: `Lockstep: rotates the database password of ${rotation.name}.`,
      env: environment(rotation),
    });
    this.rotation = new PasswordRotation(this, 'Rotation', {
      ...rotationEntryProps(this, { rotation, caFolder: folder }),
      code,
      inspectorCode,
    });
    if (rotation.alarms !== undefined) this.#addAlarms(rotation.name, rotation.alarms, noticeCode);
    this.#output('FunctionName', this.rotation.function.functionName);
    this.#output('FunctionArn', this.rotation.function.functionArn);
    this.#outputRole('RoleArn', this.rotation.function);
    this.#output('InspectorName', this.rotation.inspector.functionName);
    this.#outputRole('InspectorRoleArn', this.rotation.inspector);
    this.#output('AuditBucket', this.rotation.auditBucket.bucketName);
    this.#output('RotateCommand', rotateCommand(rotation.secretArn));
  }

  #addAlarms(name: string, settings: AlarmSettings, noticeCode: Code | undefined): void {
    const { secretAgeDaysMax } = settings;
    const alarms = new RotationAlarms(this, 'Alarms', {
      rotation: this.rotation,
      topic: this.#topic(name, settings),
      ...(secretAgeDaysMax && { secretAgeMax: Duration.days(secretAgeDaysMax) }),
      noticeCode,
    });
    if (!settings.dashboard) return;
    new RotationDashboard(this, 'Dashboard', { rotation: this.rotation, alarms });
  }

  #topic(rotationName: string, { topicArn, emails = [], topicKmsKeyArn }: AlarmSettings): ITopic {
    if (topicArn !== undefined) return Topic.fromTopicArn(this, 'Topic', topicArn);
    const key = topicKmsKeyArn && Key.fromKeyArn(this, 'TopicKey', topicKmsKeyArn);
    return new AlarmTopic(this, 'Topic', { rotationName, emails, ...(key && { key }) });
  }

  /** OCI's identity domain is told it, where the access is federated: it is the subject of a function's tokens. */
  #outputRole(name: string, { role }: IFunction): void {
    if (role !== undefined) this.#output(name, role.roleArn);
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
