import { App, type Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { RotationStack } from '../../lib/rotation-stack.ts';
import { placeOf } from '../../lib/secret-place.ts';
import type { RoleStatement } from './aws-operator-policy.ts';

const PolicyOwner = z.object({
  Type: z.literal('AWS::IAM::Role'),
  Properties: z.object({
    Policies: z.array(
      z.object({
        PolicyName: z.string(),
        PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string() })) }),
      }),
    ),
  }),
});
const Template = z.looseObject({ Resources: z.record(z.string(), z.unknown()) });

/** A policy document. */
export interface RolePolicy {
  readonly Statement: readonly RoleStatement[];
}

/** As `lib/rotation-function.ts` names the one policy of the role. */
const POLICY_NAME = 'Rotation';

/**
 * All that the role of a rotation's function may do, as synthesis would deploy it. What only the deployment knows stands
 * in it as CloudFormation writes it.
 *
 * @param folder where the CA files are looked for
 * @throws SynthesisError when the rotation cannot be deployed as it is described
 */
export function awsRolePolicy(rotation: RotationEntry, folder: string): RolePolicy {
  const app = new App({ analyticsReporting: false });
  // What the code is makes no difference to the role.
  const code = Code.fromInline('exports.handler = undefined;');
  // Account and region in full, as the secret has them: the policy is then easier to read.
  const placed = { ...rotation, ...placeOf(rotation.secretArn) };
  const stack = new RotationStack(app, 'Policy', {
    rotation: placed,
    folder,
    code,
    inspectorCode: code,
    noticeCode: code,
  });
  return findPolicy(app, stack);
}

function findPolicy(app: App, stack: Stack): RolePolicy {
  const { Resources: resources } = Template.parse(
    app.synth().getStackArtifact(stack.artifactId).template,
  );
  for (const resource of Object.values(resources)) {
    const owner = PolicyOwner.safeParse(resource);
    const policies = owner.success ? owner.data.Properties.Policies : [];
    const found = policies.find(({ PolicyName: name }) => name === POLICY_NAME);
    if (found !== undefined) return found.PolicyDocument;
  }
  throw new Error('the role of the function has no policy of its own');
}
