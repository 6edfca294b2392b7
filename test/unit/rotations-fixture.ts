import { ConfigError, parseConfig } from '../../config/parse.ts';
import { RotationsFile } from '../../config/rotations-file.ts';

export const database = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
  trust: 'system',
};
export const mirror = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth: {
    type: 'api-key',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6',
  },
};
export const audit = { keyParameter: '/lockstep/orders/audit-key' };
export const orders = {
  name: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
  databases: [database],
  mirrors: [mirror],
  audit,
};

export function parse(document: object): RotationsFile {
  const text = JSON.stringify(document);
  return parseConfig(RotationsFile, { subject: 'rotations.json', text });
}

/** What the refusal says, without its beginning, which is the same for all. */
export function refusalOf(...rotations: readonly object[]): string {
  try {
    parse({ rotations });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replace('rotations.json does not fit its schema: ', '');
  }
  return 'accepted';
}
