import type { OracleConfig } from '../../config/database-config.ts';
import type { RotationEntry } from '../../config/rotations-file.ts';
import {
  OCI_SECRET_ARN,
  onlyResource,
  oracle,
  orders,
  postgres,
  templateOf,
  WALLET_SECRET_ARN,
} from './orders.ts';

interface Statement {
  readonly Sid: string;
  readonly [name: string]: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const WALLETS_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/wallets';
const OBJECT_ARN = 'arn:aws:s3:::wallets/orders/wallet.zip';
const ALWAYS = [
  'RotateSecret',
  'ReadCredentialSecrets',
  'ReadAuditKey',
  'WriteAuditTrail',
  'ListAuditTrail',
  'WriteLog',
];

const walletS3 = {
  walletS3Bucket: 'wallets',
  walletS3Key: 'orders/wallet.zip',
  walletPasswordSecretArn: WALLET_SECRET_ARN,
};

/** The statements of a role whose function opens its Oracle database so, and that one for secrets apart. */
function roleWith(
  trust: OracleConfig['trust'],
  settings: Partial<RotationEntry> = {},
): { secrets: unknown; others: readonly Statement[]; sids: readonly string[] } {
  const rotation = { ...orders, databases: [postgres, { ...oracle, trust }], ...settings };
  const { Policies } = onlyResource(templateOf(rotation), 'AWS::IAM::Role').Properties;
  const statements = (Policies as Policy[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  return {
    secrets: statements.find(({ Sid }) => Sid === 'ReadCredentialSecrets')?.['Resource'],
    others: statements.filter(({ Sid }) => !ALWAYS.includes(Sid)),
    sids: statements.map(({ Sid }) => Sid),
  };
}

describe('the role of a function that reads a wallet from S3', () => {
  test('may read that object and the secret with its password, and nothing else', () => {
    const { secrets, others } = roleWith(walletS3);

    expect(secrets).toEqual([OCI_SECRET_ARN, WALLET_SECRET_ARN]);
    expect(others).toEqual([
      { Sid: 'ReadWallets', Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECT_ARN },
    ]);
  });

  test('may read no other version where one is named', () => {
    const { others } = roleWith({ ...walletS3, walletS3VersionId: 'L4kqtJlcpXroDTDmpUMLUo' });

    expect(others).toEqual([
      {
        Sid: 'ReadWalletVersion1',
        Effect: 'Allow',
        Action: 's3:GetObjectVersion',
        Resource: OBJECT_ARN,
        Condition: { StringEquals: { 's3:VersionId': 'L4kqtJlcpXroDTDmpUMLUo' } },
      },
    ]);
  });

  test('may use the key of wallets through S3, for that object or its bucket', () => {
    const { others } = roleWith(walletS3, { walletsKmsKeyArn: WALLETS_KEY });

    expect(others).toContainEqual({
      Sid: 'UseKeyOfWallets',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: WALLETS_KEY,
      Condition: {
        StringEquals: {
          'kms:ViaService': 's3.eu-central-1.amazonaws.com',
          'kms:EncryptionContext:aws:s3:arn': [OBJECT_ARN, 'arn:aws:s3:::wallets'],
        },
      },
    });
  });
});

describe('the role of a function that reads a wallet from elsewhere', () => {
  test.each<[string, OracleConfig['trust']]>([
    ['a secret', { walletSecretArn: WALLET_SECRET_ARN }],
    ['a pre-authenticated URL', { walletUrlSecretArn: WALLET_SECRET_ARN }],
    [
      'Object Storage',
      {
        walletMirror: 'oci',
        walletOciNamespace: 'axexample',
        walletOciBucket: 'wallets',
        walletOciObject: 'orders/wallet.zip',
        walletPasswordSecretArn: WALLET_SECRET_ARN,
      },
    ],
  ])('may read the one secret that goes with it, and nothing of S3: %s', (_place, trust) => {
    const { secrets, sids } = roleWith(trust, { walletsKmsKeyArn: WALLETS_KEY });

    expect(secrets).toEqual([OCI_SECRET_ARN, WALLET_SECRET_ARN]);
    expect(sids).toEqual(ALWAYS);
  });
});
