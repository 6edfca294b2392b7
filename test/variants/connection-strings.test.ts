import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import oracledb from 'oracledb';
import pg from 'pg';
import type { DoctorReport } from '../../lambda/inspection/finding.ts';
import { startClouds, type Clouds } from '../../local/clouds/clouds.ts';
import { passwordIn, readAws, readOci } from '../../local/clouds/published.ts';
import { AUDIT_BUCKET } from '../../local/clouds/vaults.ts';
import {
  ALL_HOLDS,
  auditFindings,
  publishedPassword,
  whatHolds,
} from '../../local/observation/holding.ts';
import { rotate, START_MAX_MS } from '../../local/observation/operator.ts';
import { runCommand } from '../cli-world.ts';

/**
 * Goal: the function that `cdk synth` produces publishes connection strings in both clouds, and clients get in with them.
 * Method: one rotation from secrets that hold the credential alone; then what an application does, with the real drivers.
 */
let clouds: Clouds;
let close: (() => Promise<void>) | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-'));
  clouds = await startClouds({
    ociUpdatingMs: 0,
    topology: { hasConnectionStrings: true, hasAuditCopies: true },
    onStarted: (closeAll) => {
      close = closeAll;
    },
  });
}, START_MAX_MS);

afterAll(async () => {
  await close?.();
  await rm(folder, { recursive: true, force: true });
});

interface Published {
  readonly connectionStrings: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

async function publishedStrings(): Promise<readonly string[]> {
  const { secretArn, secretOcid } = clouds.vaults.strings ?? {};
  return await Promise.all([readAws(clouds, secretArn), readOci(clouds, secretOcid)]);
}

async function stringOf(database: string, form: string): Promise<string> {
  const [text = ''] = await publishedStrings();
  const { connectionStrings } = JSON.parse(text) as Published;
  return connectionStrings[database]?.[form] ?? '';
}

describe('a rotation with connection strings', () => {
  test('publishes them in both clouds with the credential', async () => {
    const oldPassword = await publishedPassword(clouds);

    const { versionId, outcome } = await rotate(clouds);

    expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
    await expect(whatHolds(clouds, oldPassword)).resolves.toEqual(ALL_HOLDS);
    await expect(auditFindings(clouds, [versionId])).resolves.toEqual([]);
    const [inAws = '', inOci = ''] = await publishedStrings();
    expect(inAws).toBe(inOci);
    expect(passwordIn(inAws)).toBe(await publishedPassword(clouds));
  });

  test('has every entry of its audit trail copied to OCI, byte for byte', () => {
    const { aws, auditCopies } = clouds.vaults;
    const entries = aws.buckets
      .versions(AUDIT_BUCKET, 'lockstep/orders/entries/')
      .flatMap(([entry]) => (entry === undefined ? [] : [[entry.key, entry.bytes.toString()]]));
    const listed = auditCopies?.storage.list(auditCopies.place, '') ?? 'no-bucket';
    const copies =
      listed === 'no-bucket' ? [] : listed.map(({ name, bytes }) => [name, bytes.toString()]);

    expect(entries.length).toBeGreaterThan(10);
    expect(copies).toEqual(entries);
  });

  test('is examined by doctor, the second secret in OCI too', async () => {
    const environment = clouds.operatorEnvironment;
    Object.assign(process.env, environment);
    const { stdout } = await runCommand(['doctor', 'orders', '--json'], { environment });
    const { findings } = JSON.parse(stdout) as DoctorReport;
    const of = (check: string): readonly string[] =>
      findings
        .filter((one) => one.check === check)
        .map(({ subject, outcome }) => `${subject} ${outcome}`);
    expect(of('inspector')).toEqual([]);
    expect(of('mirror-owned')).toEqual(['oci-frankfurt ok', 'oci-frankfurt-strings ok']);
    expect(of('mirror-level')).toEqual([
      'oci-frankfurt ok',
      'secrets-manager-strings ok',
      'oci-frankfurt-strings ok',
    ]);
  });

  test('lets pg in with the URL, where the certificate is known', async () => {
    const url = await stringOf('orders-rds', 'url');
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, clouds.authority.certificatePem);

    const stranger = new pg.Client({ connectionString: url });
    await expect(stranger.connect()).rejects.toThrow(/certificate/);
    const client = new pg.Client({ connectionString: `${url}&sslrootcert=${caFile}` });
    await client.connect();
    const { rows } = await client.query('SELECT current_user AS name');
    await client.end();

    expect(rows).toEqual([{ name: 'app' }]);
  });

  test('lets oracledb in with the descriptor', async () => {
    const connection = await oracledb.getConnection({
      user: 'app',
      password: await publishedPassword(clouds),
      connectString: await stringOf('orders-adb', 'tns'),
      walletContent: clouds.wallet,
      walletPassword: clouds.secrets.walletPassword,
    });
    const { rows } = await connection.execute('SELECT 1 FROM DUAL');
    await connection.close();

    expect(rows).toEqual([[1]]);
  });
});
