import { parseConfig } from '../../config/parse.ts';
import { RotationsFile } from '../../config/rotations-file.ts';
import { database, mirror, orders, refusalOf } from './rotations-fixture.ts';

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
