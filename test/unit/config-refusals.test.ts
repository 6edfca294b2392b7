import { ConfigError, parseConfig } from '../../config/parse.ts';
import { RotationsFile } from '../../config/rotations-file.ts';

const database = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
  trust: 'system',
};
const mirror = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth: {
    type: 'api-key',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6',
  },
};
const audit = { keyParameter: '/lockstep/orders/audit-key' };
const orders = {
  name: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
  databases: [database],
  mirrors: [mirror],
  audit,
};

/** What the refusal says, without its beginning, which is the same for all. */
function refusalOf(rotation: object): string {
  try {
    const text = JSON.stringify({ rotations: [rotation] });
    parseConfig(RotationsFile, { subject: 'rotations.json', text });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replace('rotations.json does not fit its schema: ', '');
  }
  return 'accepted';
}

describe('what rotations.json is refused with', () => {
  test('fails when it is not JSON, and does not quote it', () => {
    const text = '{ "password": "hunter2", }';

    expect(() => parseConfig(RotationsFile, { subject: 'rotations.json', text })).toThrow(
      /^rotations\.json is not valid JSON$/,
    );
  });

  test('names each place that does not fit, and quotes no value', () => {
    const wrong = 'hunter2 hunter2';
    const refusal = refusalOf({
      ...orders,
      name: wrong,
      account: wrong,
      secretArn: wrong,
      secretKmsKeyArn: wrong,
      strategy: wrong,
      databases: [
        { ...database, engine: wrong },
        { ...database, port: wrong, trust: wrong, password: wrong },
      ],
      mirrors: [{ ...mirror, type: wrong, endpoints: { vaults: wrong, secrets: wrong } }],
      audit: { keyParameter: wrong },
      schedule: { expression: wrong, duration: wrong },
      timeoutSeconds: wrong,
    });

    expect(refusal).not.toContain('hunter2');
    expect(refusal.split('; ').map((place) => place.split(': ')[0])).toEqual([
      'rotations.0.name',
      'rotations.0.account',
      'rotations.0.secretArn',
      'rotations.0.secretKmsKeyArn',
      'rotations.0.strategy',
      'rotations.0.databases.0.engine',
      'rotations.0.databases.1.port',
      'rotations.0.databases.1.trust',
      'rotations.0.databases.1',
      'rotations.0.mirrors.0.type',
      'rotations.0.mirrors.0.endpoints.vaults',
      'rotations.0.mirrors.0.endpoints.secrets',
      'rotations.0.audit.keyParameter',
      'rotations.0.schedule.expression',
      'rotations.0.schedule.duration',
      'rotations.0.timeoutSeconds',
    ]);
  });
});
