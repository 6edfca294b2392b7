import { inspectionOf } from '../../../local/memory/inspection.ts';
import { World } from '../../../local/memory/world.ts';
import { VaultRefusedError, VaultUnreachableError } from '../../../lambda/domain/errors.ts';
import type { InspectionContext } from '../../../lambda/inspection/context.ts';
import { doctor } from '../../../lambda/inspection/doctor.ts';
import type { Finding } from '../../../lambda/inspection/finding.ts';

const QUARTER_MS = 16 * 60_000;

async function examined(
  world: World,
  check: string,
  change: Partial<InspectionContext> = {},
): Promise<readonly Finding[]> {
  const { findings } = await doctor({ ...inspectionOf(world), ...change });
  return findings.filter((one) => one.check === check);
}

async function rotated(): Promise<World> {
  const world = new World({ engines: ['postgres'] });
  await world.rotate();
  return world;
}

describe('network', () => {
  test('says of each service how long it took to reach, and fails for one that is not', async () => {
    const world = await rotated();
    const error = new VaultUnreachableError('there is no connection (ETIMEDOUT)', {
      subject: 's3:443',
      remedy: 'see the way out',
    });
    const routes = [
      {
        subject: 'sm:443',
        probe: async () => {
          await world.clock.sleep(12);
        },
      },
      {
        subject: 's3:443',
        probe: async () => {
          await world.clock.sleep(5_000);
          throw error;
        },
      },
    ];
    const findings = await examined(world, 'network', { routes: () => Promise.resolve(routes) });
    expect(findings).toMatchObject([
      { subject: 'sm:443', outcome: 'ok' },
      { subject: 's3:443', outcome: 'failure', remedy: 'see the way out' },
    ]);
    expect(findings[1]?.found).toMatch(/^there is no connection \(ETIMEDOUT\) \(after \d+ ms\)$/);
  });

  test('says so when it cannot tell which services there are', async () => {
    const error = new VaultUnreachableError('no', { remedy: 'see' });
    const findings = await examined(await rotated(), 'network', {
      routes: () => Promise.reject(error),
    });
    expect(findings).toMatchObject([{ outcome: 'unchecked' }]);
  });
});

describe('federation', () => {
  const claims = {
    issuer: 'https://example.tokens.sts.global.api.aws',
    role: 'arn:aws:iam::111111111111:role/inspector',
    audience: 'urn:lockstep:oci',
  };
  const vouched =
    'AWS vouches for arn:aws:iam::111111111111:role/inspector to urn:lockstep:oci, as https://example.tokens.sts.global.api.aws';

  test('is ok when OCI lets the inspector in, and says as whom', async () => {
    const signIns = [
      { subject: 'oci', claims: () => Promise.resolve(claims), exchange: () => Promise.resolve() },
    ];
    expect(await examined(await rotated(), 'federation', { signIns })).toMatchObject([
      { subject: 'oci', outcome: 'ok', found: `${vouched}, and OCI lets it in` },
    ]);
  });

  test('fails when AWS vouches for nobody', async () => {
    const error = new VaultRefusedError(
      'GetWebIdentityToken was refused (OutboundWebIdentityFederationDisabledException)',
      { subject: 'oci', remedy: 'aws iam enable-outbound-web-identity-federation' },
    );
    const refuse = (): Promise<never> => Promise.reject(error);
    const signIns = [{ subject: 'oci', claims: refuse, exchange: refuse }];
    expect(await examined(await rotated(), 'federation', { signIns })).toMatchObject([
      { outcome: 'failure', remedy: 'aws iam enable-outbound-web-identity-federation' },
    ]);
  });

  test('does not judge the rotation function by the rule that the inspector lacks', async () => {
    const error = new VaultRefusedError('the token exchange was refused (401)', {
      subject: 'oci',
      remedy: 'look at the trust',
    });
    const signIns = [
      {
        subject: 'oci',
        claims: () => Promise.resolve(claims),
        exchange: () => Promise.reject(error),
      },
    ];
    const [finding] = await examined(await rotated(), 'federation', { signIns });
    expect(finding?.outcome).toBe('unchecked');
    expect(finding?.found).toContain(`${vouched}; the token exchange was refused (401).`);
    expect(finding?.remedy).toContain(
      'a rule for "sub eq arn:aws:iam::111111111111:role/inspector"',
    );
  });
});

describe('unknown-versions', () => {
  const outcomes = async (world: World): Promise<readonly string[]> =>
    (await examined(world, 'unknown-versions')).map(({ outcome }) => outcome);

  test('is ok after a rotation, and while one is under way', async () => {
    const world = await rotated();
    expect(await outcomes(world)).toEqual(['ok']);
    const other = new World({ engines: ['postgres'] });
    const versionId = await other.begin();
    await other.steps(versionId, 'createSecret', 'setSecret');
    await other.clock.sleep(QUARTER_MS);
    expect(await outcomes(other)).toEqual(['ok']);
  });

  test('warns of AWSPENDING that no step was ever run for, after a quarter of an hour', async () => {
    const world = await rotated();
    const versionId = world.chance.uuid();
    world.secretsManager.putSecretValue({
      SecretId: world.secretArn,
      ClientRequestToken: versionId,
      SecretString: '{"username":"app","password":"Example_by_hand_000000000001"}',
      VersionStages: ['AWSPENDING'],
    });
    expect(await outcomes(world)).toEqual(['ok']);
    await world.clock.sleep(QUARTER_MS);
    const [finding] = await examined(world, 'unknown-versions');
    expect(finding).toMatchObject({ outcome: 'warning' });
    expect(finding?.remedy).toContain(
      `aws secretsmanager update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id ${versionId}`,
    );
  });

  test('warns of a call for a version that the secret does not have, until a rotation succeeds', async () => {
    const world = await rotated();
    const invented = '00000000-0000-4000-8000-00000000beef';
    await expect(world.step('setSecret', invented)).rejects.toMatchObject({
      name: 'UnknownVersionError',
    });
    expect(await examined(world, 'unknown-versions')).toMatchObject([
      {
        outcome: 'warning',
        found: `setSecret was called for version ${invented}, which is none of a rotation that is under way`,
      },
    ]);
    await world.rotate();
    expect(await outcomes(world)).toEqual(['ok']);
  });

  test('warns of a version from after AWSCURRENT that lost its label', async () => {
    const world = new World({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret');
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    expect(await examined(world, 'unknown-versions')).toMatchObject([
      {
        outcome: 'warning',
        found: `version ${versionId} is younger than AWSCURRENT and carries no label: somebody took AWSPENDING off it, or cancelled the rotation`,
      },
    ]);
  });

  test('says so when it cannot read the trail', async () => {
    const world = await rotated();
    world.faults.add({ call: 's3:ListObjectsV2', fault: { kind: 'refuse' }, times: 99 });
    expect(await outcomes(world)).toEqual(['unchecked']);
  });
});
