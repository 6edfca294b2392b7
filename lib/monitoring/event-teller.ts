import { type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { keyPermission } from '../key-permission.ts';

export interface EventTellerProps {
  readonly topic: ITopic;
}

export interface Tale {
  readonly id: string;
  /** What the rule is for. A sentence. */
  readonly description: string;
  readonly pattern: EventPattern;
  /** One line each; fields of the event by `EventField`. EventBridge puts each line in quotes. */
  readonly lines: readonly string[];
}

/**
 * Turns events of EventBridge into messages to a topic. It publishes with a role of its own, so that the topic's policy
 * need not let all of EventBridge in.
 */
export class EventTeller extends Construct {
  readonly #topic: ITopic;
  readonly #role: Role;

  constructor(scope: Construct, id: string, { topic }: EventTellerProps) {
    super(scope, id);
    this.#topic = topic;
    this.#role = new Role(this, 'Role', {
      description: 'Publishes what happened to a rotation to the topic of its alarms.',
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      inlinePolicies: {
        Tell: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'Tell',
              actions: ['sns:Publish'],
              resources: [topic.topicArn],
            }),
            ...keyPermission(this, {
              sid: 'UseKeyOfTopic',
              key: topic.masterKey,
              actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
              service: 'sns',
              context: { 'aws:sns:topicArn': topic.topicArn },
            }),
          ],
        }),
      },
    });
  }

  tell({ id, description, pattern, lines }: Tale): Rule {
    return new Rule(this, id, {
      description,
      eventPattern: pattern,
      targets: [
        new SnsTopic(this.#topic, {
          role: this.#role.withoutPolicyUpdates(),
          message: RuleTargetInput.fromMultilineText(lines.join('\n')),
        }),
      ],
    });
  }
}
