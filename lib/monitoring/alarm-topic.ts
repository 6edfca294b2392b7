import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** The rotation whose alarms may publish. */
  readonly rotationName: string;

  /** Who is told. Each has to confirm once; until then nothing arrives. */
  readonly emails: readonly string[];

  /**
   * The customer's key that encrypts the topic. Its policy must let cloudwatch.amazonaws.com use it.
   *
   * @default - not encrypted: what is told holds no secret, and the AWS managed key would keep CloudWatch out
   */
  readonly key?: IKey | undefined;
}

/** A topic for the alarms of one rotation, which nothing else may use, and none without TLS. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, { rotationName, emails, key }: AlarmTopicProps) {
    super(scope, id, {
      displayName: `Lockstep ${rotationName}`,
      enforceSSL: true,
      ...(key && { masterKey: key }),
    });
    const stack = Stack.of(this);
    // A policy of its own takes the place of the one that lets everything in the account publish.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsOfThisRotation',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: `lockstep-${rotationName}-*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
  }
}
