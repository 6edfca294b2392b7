import path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, EventField } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { EventBridgeDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { FilterPattern, LogGroup, RetentionDays, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import { functionBundle } from '../function-bundle.ts';
import type { PasswordRotation } from '../password-rotation.ts';
import type { EventTeller } from './event-teller.ts';
import { failedStepState } from './failed-step.ts';
import { operatorCommands } from './operator-commands.ts';

const HANDLER_ENTRY = path.join(import.meta.dirname, 'notice-handler.ts');

export interface FailureNoticeProps {
  readonly rotation: PasswordRotation;
  readonly teller: EventTeller;

  /**
   * The code that reads the log.
   *
   * @default - notice-handler.ts, bundled
   */
  readonly code?: Code | undefined;
}

/**
 * Tells in the function's own words why a step failed, what was undone and what to do. An alarm has one text for all
 * failures; this one is written for each, from the line that the function logs.
 *
 * The way: log group, subscription, a small function that unpacks the line, its destination, EventBridge, topic. The
 * small function has no SDK and may do nothing but send events.
 */
export class FailureNotice extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { rotation, teller, code }: FailureNoticeProps) {
    super(scope, id);
    const eventBusName = 'default';
    const eventBusArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: eventBusName,
    });
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: `Unpacks the failed steps in the log of rotation ${rotation.rotationName}.`,
      code: code ?? functionBundle({ entry: HANDLER_ENTRY, caBundles: [] }),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 128,
      timeout: Duration.seconds(30),
      role: this.#role(logGroup, eventBusArn).withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      onSuccess: new EventBridgeDestination(EventBus.fromEventBusArn(this, 'Bus', eventBusArn)),
    });
    new SubscriptionFilter(this, 'Subscription', {
      logGroup: rotation.logGroup,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.message', '=', 'step.failed'),
        // It runs every hour; where it goes on failing, SecretTooOld rings once instead.
        FilterPattern.stringValue('$.step', '!=', 'watch'),
      ),
      destination: new LambdaDestination(this.function),
    });
    this.#tell(rotation, teller);
  }

  #role(logGroup: LogGroup, eventBusArn: string): Role {
    const allow = (sid: string, actions: string[], resource: string): PolicyStatement =>
      new PolicyStatement({ sid, actions, resources: [resource] });
    return new Role(this, 'Role', {
      description: 'Unpacks lines of a log and sends them on as events.',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Notice: new PolicyDocument({
          statements: [
            allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
            allow('SendNotice', ['events:PutEvents'], eventBusArn),
          ],
        }),
      },
    });
  }

  #tell(rotation: PasswordRotation, teller: EventTeller): void {
    const { rotate, failures } = operatorCommands(this, rotation);
    const field = (name: string): string => EventField.fromPath(`$.detail.responsePayload.${name}`);
    teller.tell({
      id: 'StepFailed',
      description: `Tells why a step of rotation ${rotation.rotationName} failed.`,
      pattern: {
        source: ['lambda'],
        detailType: ['Lambda Function Invocation Result - Success'],
        detail: { requestContext: { functionArn: [{ prefix: this.function.functionArn }] } },
      },
      lines: [
        `Rotation ${field('rotation')}, secret ${rotation.secretArn}: ${field('step')} failed with ${field('error')}, version ${field('versionId')}.`,
        field('message'),
        `For every failure: ${failedStepState('setSecret', rotation)}`,
        `To try again before Secrets Manager does: ${rotate}`,
        `Look: ${failures}`,
      ],
    });
  }
}
