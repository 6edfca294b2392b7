import type { OracleConfig } from '../../../config/database-config.ts';
import { oracle, WALLET_SECRET_ARN } from '../orders.ts';
import { alarmNamed, alarmNames, ownMetric, textOf, watched } from './watched.ts';

const walletS3 = {
  walletS3Bucket: 'wallets',
  walletS3Key: 'orders/wallet.zip',
  walletPasswordSecretArn: WALLET_SECRET_ARN,
};

function alarmOf(trust: OracleConfig['trust']): Readonly<Record<string, unknown>> {
  return alarmNamed(watched({ databases: [{ ...oracle, trust }] }), 'CertificateEnds-orders-adb');
}

describe('the alarm on certificates', () => {
  const template = watched();
  const alarm = alarmNamed(template, 'CertificateEnds-orders-rds');

  test('rings when the first has less than 30 days left', () => {
    expect(ownMetric(alarm)).toEqual({
      MetricName: 'CertificateDaysLeft',
      Subject: 'orders-rds',
    });
    expect(alarm).toMatchObject({
      Statistic: 'Minimum',
      Period: 3_600,
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('rings once, not every hour, and the function tells it every hour', () => {
    expect(alarm).toMatchObject({ TreatMissingData: 'ignore' });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Input: '{"operation":"watch"}' }],
    });
  });

  test('is none for a public CA, whose certificates are not ours to renew', () => {
    const names = alarmNames(watched({ databases: [oracle] }));

    expect(names.filter((name) => name.startsWith('CertificateEnds'))).toEqual([]);
  });

  test('says what it means', () => {
    expect(textOf(alarm)).toContain(
      'a certificate that the connection to orders-rds needs ends in less than 30 days.\n' +
        'State: nothing has failed yet. When it has ended, no step reaches orders-rds',
    );
  });

  test.each<[string, OracleConfig['trust'], string]>([
    [
      'a CA file',
      { caFile: 'lib/rds-ca/certificates/eu-central-1.pem' },
      'put the new CA beside the old one into the file',
    ],
    [
      'a wallet in a secret',
      { walletSecretArn: WALLET_SECRET_ARN },
      `aws secretsmanager put-secret-value --secret-id ${WALLET_SECRET_ARN} --secret-string file://wallet.json`,
    ],
    ['a wallet in S3', walletS3, "aws s3 cp wallet.zip 's3://wallets/orders/wallet.zip'"],
    [
      'a pinned wallet in S3',
      { ...walletS3, walletS3VersionId: 'L4kqtJlcpXroDTDmpUMLUo' },
      'name its digest or version in rotations.json and npx cdk deploy',
    ],
    [
      'a wallet under an endless key',
      { ...walletS3, walletS3Key: 'k'.repeat(1_000) },
      'store it: where "trust" in rotations.json says',
    ],
    [
      'a wallet in Object Storage',
      {
        walletMirror: 'oci',
        walletOciNamespace: 'axexample',
        walletOciBucket: 'wallets',
        walletOciObject: 'orders/wallet.zip',
        walletPasswordSecretArn: WALLET_SECRET_ARN,
      },
      "oci os object put -ns axexample -bn wallets --name 'orders/wallet.zip' --file wallet.zip",
    ],
    [
      'a wallet behind a URL',
      { walletUrlSecretArn: WALLET_SECRET_ARN },
      `where the URL in ${WALLET_SECRET_ARN} leads`,
    ],
  ])('says what to do about %s', (_case, trust, command) => {
    expect(textOf(alarmOf(trust))).toContain(command);
  });

  test('is short enough for CloudWatch, with a long name and a long command', () => {
    const name = 'a'.repeat(63);
    const trust = { ...walletS3, walletS3Bucket: 'w'.repeat(63), walletS3Key: 'k'.repeat(120) };
    const long = watched({ databases: [{ ...oracle, name, trust }] });
    const text = textOf(alarmNamed(long, `CertificateEnds-${name}`));

    expect(text).toContain(`aws s3 cp wallet.zip 's3://${'w'.repeat(63)}/`);
    expect(text).toContain('\nLook: aws logs tail');
    expect(text.length).toBeLessThanOrEqual(1_024 - 128 + '<LogGroup>'.length);
  });
});
