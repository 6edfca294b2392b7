import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { readCaBundles } from '../../lib/ca-bundle.ts';
import { functionBundle } from '../../lib/function-bundle.ts';
import { RotationStack } from '../../lib/rotation-stack.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { makePkcs12Wallet, makeWalletZip } from '../../local/oracle/wallet.ts';
import { newApp, orders, postgres, PROJECT_ROOT } from './orders.ts';

const CERTIFICATE = readFileSync(
  path.join(PROJECT_ROOT, 'lib/rds-ca/certificates/eu-central-1.pem'),
  'utf8',
);
const SOURCE = 'export const handler = async (): Promise<string> => import.meta.dirname;\n';

interface FunctionResource {
  readonly Type: string;
  readonly Metadata?: Record<string, string>;
}

describe('the asset of the function', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-bundle-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The entry of a small function, in a folder of its own. */
  function writeEntry(name: string): string {
    const entry = path.join(folder, name, 'handler.ts');
    mkdirSync(path.dirname(entry));
    writeFileSync(entry, SOURCE);
    return entry;
  }

  /** Synthesises a stack for each rotation and gives the folder of its asset under the name of the rotation. */
  function synthesize(
    outFolder: string,
    rotations: readonly RotationEntry[],
    entry?: string,
  ): Readonly<Record<string, string>> {
    const app = newApp({ outdir: path.join(folder, outFolder) });
    const options = entry === undefined ? {} : { entry };
    // Of the other function nothing is looked at.
    const inspectorCode = Code.fromInline('exports.handler = () => undefined;');
    for (const rotation of rotations) {
      const caBundles = readCaBundles(rotation.databases, PROJECT_ROOT);
      const code = functionBundle({ ...options, caBundles });
      new RotationStack(app, rotation.name, {
        rotation,
        folder: PROJECT_ROOT,
        code,
        inspectorCode,
      });
    }
    const { directory, stacks } = app.synth();
    const assets = stacks.map(({ id, template }): [string, string] => {
      const { Resources } = template as { readonly Resources: Record<string, FunctionResource> };
      const found = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Function');
      return [id, path.join(directory, found?.Metadata?.['aws:asset:path'] ?? '')];
    });
    return Object.fromEntries(assets);
  }

  test('holds the code and the CA file of each database, and nothing else', () => {
    const { orders: asset = '' } = synthesize('out', [orders], writeEntry('a'));

    expect(readdirSync(asset, { recursive: true }).sort()).toEqual([
      'ca',
      'ca/orders-rds.pem',
      'index.js',
    ]);
    expect(readFileSync(path.join(asset, 'ca/orders-rds.pem'), 'utf8')).toBe(CERTIFICATE);
  });

  test('is the same, byte for byte, for the same sources in another folder', () => {
    const { orders: one = '' } = synthesize('out-1', [orders], writeEntry('a'));
    const { orders: two = '' } = synthesize('out-2', [orders], writeEntry('b'));

    expect(path.basename(one)).toMatch(/^asset\.[0-9a-f]{64}$/);
    expect(path.basename(two)).toBe(path.basename(one));
    expect(readFileSync(path.join(two, 'index.js'), 'utf8')).not.toContain(folder);
  });

  test('differs between two rotations of one app whose CA files differ', () => {
    const billing = {
      ...orders,
      name: 'billing',
      databases: [{ ...postgres, name: 'billing-rds' }],
    };
    const assets = synthesize('out', [orders, billing], writeEntry('a'));

    const files = ['orders', 'billing'].map((name) => readdirSync(`${assets[name] ?? ''}/ca`));
    expect(files).toEqual([['orders-rds.pem'], ['billing-rds.pem']]);
  });

  test('can open a wallet of the form that needs most libraries, far from any other file', async () => {
    const module = JSON.stringify(path.join(PROJECT_ROOT, 'lambda/adapters/oracle-wallet.ts'));
    const redactor = JSON.stringify(path.join(PROJECT_ROOT, 'lambda/domain/redactor.ts'));
    const entry = writeEntry('a');
    writeFileSync(
      entry,
      `import { openWallet } from ${module};
       import { Redactor } from ${redactor};
       export async function handler({ wallet, password }) {
         const context = { subject: 'adb', redactor: new Redactor(), clock: { now: () => Date.now() } };
         const stored = { bytes: Buffer.from(wallet), password };
         return (await openWallet(stored, { sha256: undefined, context })).certificate.subject;
       }`,
    );
    const { orders: asset = '' } = synthesize('out', [orders], entry);
    const ca = await CertificateAuthority.create('CA');
    const identity = await ca.issue({ commonName: 'app', keys: 'rsa' });
    const password = 'wallet-password-1';
    const caPem = ca.certificatePem;
    const p12 = makePkcs12Wallet({ identity, caPem, password, scheme: 'old' });
    const wallet = makeWalletZip({ 'ewallet.p12': p12 }).toString('base64');

    const script =
      'require("./index.js").handler(JSON.parse(require("fs").readFileSync(0))).then(console.log)';
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: asset,
      env: {},
      encoding: 'utf8',
      input: JSON.stringify({ wallet, password }),
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'CN=app\n', stderr: '' });
  });

  test('is what Lambda can load: the real handler, without this project around it', () => {
    const { orders: asset = '' } = synthesize('out', [orders]);

    const script = 'process.stdout.write(typeof require("./index.js").handler)';
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: asset,
      env: {},
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'function', stderr: '' });
    const files = readdirSync(asset, { recursive: true, encoding: 'utf8' });
    const scripts = files.filter((file) => file.endsWith('.js'));
    expect(files.filter((file) => !scripts.includes(file)).sort()).toEqual([
      'ca',
      'ca/orders-rds.pem',
    ]);
    for (const script of scripts) {
      const code = readFileSync(path.join(asset, script), 'utf8');
      expect(code).not.toContain(PROJECT_ROOT);
      expect(code).not.toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\r\n]+[A-Za-z0-9+/]{40}/);
    }
  });
});
