import { Stack } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { PasswordRotation } from '../../lib/password-rotation.ts';
import {
  inlineCode,
  mirror,
  newApp,
  newStack,
  onlyResource,
  oracle,
  orders,
  SECRET_ARN,
  STRINGS_SECRET_ARN,
  templateOf,
} from './orders.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/strings';
const STRINGS_OCID = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings';

const withStrings: RotationEntry = {
  ...orders,
  connectionStrings: {
    secretArn: STRINGS_SECRET_ARN,
    mirrors: [{ mirror: 'oci', secretOcid: STRINGS_OCID }],
  },
};

interface Statement {
  readonly Sid: string;
}

function statementsOf(rotation: RotationEntry): readonly Statement[] {
  const { Policies } = onlyResource(templateOf(rotation), 'AWS::IAM::Role').Properties;
  return (
    Policies as { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[]
  ).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

describe('a rotation with connection strings', () => {
  test('may write the second secret, and nothing more than without', () => {
    const isAdded = ({ Sid }: Statement): boolean => Sid === 'PublishConnectionStrings';

    const statements = statementsOf(withStrings);

    expect(statements.filter((one) => !isAdded(one))).toEqual(statementsOf(orders));
    expect(statements.filter(isAdded)).toEqual([
      {
        Sid: 'PublishConnectionStrings',
        Effect: 'Allow',
        Action: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:ListSecretVersionIds',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        Resource: STRINGS_SECRET_ARN,
      },
    ]);
  });

  test('may use the key of the second secret through Secrets Manager and for that secret only', () => {
    const connectionStrings = { secretArn: STRINGS_SECRET_ARN, secretKmsKeyArn: KEY_ARN };

    const statements = statementsOf({ ...orders, connectionStrings });

    expect(statements.find(({ Sid }) => Sid === 'UseKeyOfConnectionStrings')).toEqual({
      Sid: 'UseKeyOfConnectionStrings',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KEY_ARN,
      Condition: {
        StringEquals: {
          'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
          'kms:EncryptionContext:SecretARN': STRINGS_SECRET_ARN,
        },
      },
    });
  });

  test('needs no permission in AWS for a second secret in OCI', () => {
    const connectionStrings = { mirrors: [{ mirror: 'oci', secretOcid: STRINGS_OCID }] };

    expect(statementsOf({ ...orders, connectionStrings })).toEqual(statementsOf(orders));
  });

  test('tells the function of the secrets, and not of the key', () => {
    const { connectionStrings } = withStrings;
    const rotation = {
      ...withStrings,
      connectionStrings: { ...connectionStrings, secretKmsKeyArn: KEY_ARN },
    };

    const { Environment } = onlyResource(templateOf(rotation), 'AWS::Lambda::Function').Properties;

    expect(JSON.stringify(Environment)).toContain(
      JSON.stringify(
        `"connectionStrings":{"secretArn":"${STRINGS_SECRET_ARN}","mirrors":[{"mirror":"oci","secretOcid":"${STRINGS_OCID}"}]}`,
      ).slice(1, -1),
    );
  });

  test('names the second secrets as it does mirrors', () => {
    expect(newStack(withStrings).rotation.mirrorNames).toEqual([
      'oci',
      'secrets-manager-strings',
      'oci-strings',
    ]);
  });

  test('takes secrets that are made in the same app', () => {
    const stack = new Stack(newApp(), 'Own');

    const rotation = new PasswordRotation(stack, 'Rotation', {
      rotationName: 'orders',
      secret: new Secret(stack, 'Secret') as ISecret,
      databases: [oracle],
      mirrors: [mirror],
      connectionStrings: { secret: new Secret(stack, 'Strings') as ISecret },
      auditKeyParameter: '/lockstep/orders/audit-key',
      code: inlineCode(),
      inspectorCode: inlineCode(),
    });

    expect(rotation.mirrorNames).toEqual(['oci', 'secrets-manager-strings']);
  });

  test('fails when the second secret has no complete ARN', () => {
    const stack = new Stack(newApp(), 'Own');

    expect(
      () =>
        new PasswordRotation(stack, 'Rotation', {
          rotationName: 'orders',
          secret: Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN),
          databases: [oracle],
          mirrors: [mirror],
          connectionStrings: { secret: Secret.fromSecretNameV2(stack, 'Strings', 'orders/url') },
          auditKeyParameter: '/lockstep/orders/audit-key',
          code: inlineCode(),
        }),
    ).toThrow('import its secret with the complete ARN');
  });

  test('fails when the second secret is in another region', () => {
    const secretArn = STRINGS_SECRET_ARN.replace('eu-central-1', 'eu-west-1');

    expect(() => newStack({ ...orders, connectionStrings: { secretArn } })).toThrow(
      `the secret ${secretArn} must be in eu-central-1, beside the rotated one`,
    );
  });
});
