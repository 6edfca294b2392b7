import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseConfig } from '../../config/database-config.ts';
import { isWallet, type WalletSource } from '../../config/wallet-config.ts';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric } from './rotation-metrics.ts';

/** Time for a new wallet, which a team that owns the cluster may have to make, and for a weekend. */
const DAYS_LEFT_MIN = 30;
/** A longer one would not leave room for the rest of the alarm's text. */
const COMMAND_LENGTH_MAX = 220;
/** The hourly call tells it. */
const PERIOD = Duration.hours(1);

/** The alarms of the databases whose certificates are ours to renew; those of public CAs are their owner's. */
export function certificateAlarms(place: AlarmPlace): readonly Alarm[] {
  return place.rotation.databases
    .filter(({ trust }) => trust !== 'system')
    .map((database) => certificateEnds(place, database));
}

function certificateEnds(place: AlarmPlace, { name, trust }: DatabaseConfig): Alarm {
  return addAlarm(place, {
    name: `CertificateEnds-${name}`,
    metric: rotationMetric(place.rotation.rotationName, {
      name: 'CertificateDaysLeft',
      subject: name,
      statistic: Stats.MINIMUM,
      period: PERIOD,
    }),
    threshold: DAYS_LEFT_MIN,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    // It is told once, not every hour.
    treatMissingData: TreatMissingData.IGNORE,
    words: () => ({
      finding: `a certificate that the connection to ${name} needs ends in less than ${DAYS_LEFT_MIN} days.`,
      state: `nothing has failed yet. When it has ended, no step reaches ${name}: no rotation begins, and one that is under way stays where it is. Applications that use the same certificates are refused too.`,
      next: nextOf(trust),
    }),
  });
}

function nextOf(trust: DatabaseConfig['trust']): string {
  if (!isWallet(trust)) {
    return 'put the new CA beside the old one into the file that "trust.caFile" names, and npx cdk deploy';
  }
  const store = storeCommand(trust);
  const place = store.length > COMMAND_LENGTH_MAX ? 'where "trust" in rotations.json says' : store;
  const isPinned =
    trust.walletSha256 !== undefined ||
    ('walletS3VersionId' in trust && trust.walletS3VersionId !== undefined);
  const pin = isPinned ? '; name its digest or version in rotations.json and npx cdk deploy' : '';
  return `see that the cluster's certificate is renewed, download the wallet anew (oci db autonomous-database generate-wallet) and store it: ${place}${pin}`;
}

function storeCommand(source: WalletSource): string {
  if ('walletSecretArn' in source) {
    return `aws secretsmanager put-secret-value --secret-id ${source.walletSecretArn} --secret-string file://wallet.json`;
  }
  if ('walletUrlSecretArn' in source) {
    return `where the URL in ${source.walletUrlSecretArn} leads`;
  }
  if ('walletMirror' in source) {
    const { walletOciNamespace, walletOciBucket, walletOciObject } = source;
    return `oci os object put -ns ${walletOciNamespace} -bn ${walletOciBucket} --name '${walletOciObject}' --file wallet.zip`;
  }
  return `aws s3 cp wallet.zip 's3://${source.walletS3Bucket}/${source.walletS3Key}'`;
}
