import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { orders, PROJECT_ROOT } from './orders.ts';

const TSX = pathToFileURL(path.join(PROJECT_ROOT, 'node_modules/tsx/dist/loader.mjs')).href;
const NOTICE =
  'lockstep: there is no rotations.json; this is rotations.example.json, which is not for deploying\n';

/** The CDK's own checks of a template take seconds; `npx cdk synth` in `.ci/run` has them. */
const WITHOUT_OWN_CHECKS = { CDK_VALIDATION: 'false' };

describe('the CDK app', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-app-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the app as the CDK's command line does, without bundling and with no environment but this one. */
  function synthesize(
    context: Record<string, unknown> = {},
    environment: Record<string, string> = {},
  ): { readonly status: number | null; readonly stderr: string } {
    const app = path.join(PROJECT_ROOT, 'bin/app.ts');
    const { status, stderr } = spawnSync(process.execPath, ['--import', TSX, app], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        CDK_OUTDIR: path.join(folder, 'cdk.out'),
        CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
        ...environment,
      },
    });
    return { status, stderr };
  }

  function writeOrders(): void {
    const databases = orders.databases.filter(({ trust }) => trust === 'system');
    const rotations = [{ ...orders, databases }];
    writeFileSync(path.join(folder, 'rotations.json'), JSON.stringify({ rotations }));
  }

  function templates(): readonly string[] {
    return readdirSync(path.join(folder, 'cdk.out')).filter((name) =>
      name.endsWith('.template.json'),
    );
  }

  test('synthesises the example, and says so, when there is no rotations.json', () => {
    for (const name of ['rotations.example.json', 'lib/rds-ca/certificates/eu-central-1.pem']) {
      cpSync(path.join(PROJECT_ROOT, name), path.join(folder, name));
    }

    expect(synthesize({}, WITHOUT_OWN_CHECKS)).toEqual({ status: 0, stderr: NOTICE });
    expect(templates()).toEqual(['Lockstep-orders.template.json']);
  });

  test('makes a stack of each rotation of the file that the context names, and warns where nobody is told of a failure', () => {
    const second = {
      ...orders,
      name: 'billing',
      secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:billing/app-j1K2l3',
    };
    const databases = orders.databases.filter(({ trust }) => trust === 'system');
    const rotations = [orders, second].map((one) => ({ ...one, databases }));
    writeFileSync(path.join(folder, 'two.json'), JSON.stringify({ rotations }));

    const environment = { ...WITHOUT_OWN_CHECKS, LOCKSTEP_ROTATIONS: 'ignored.json' };
    expect(synthesize({ rotations: 'two.json' }, environment)).toEqual({ status: 0, stderr: '' });
    expect(templates()).toEqual([
      'Lockstep-billing.template.json',
      'Lockstep-orders.template.json',
    ]);
    const metadata = readFileSync(path.join(folder, 'cdk.out/Lockstep-orders.metadata.json'));
    expect(metadata.toString()).toContain(
      'rotation \\"orders\\" has no \\"alarms\\": nobody is told when it fails',
    );
  });

  test('fails when a finding of the AwsSolutions rules has no acknowledgement', () => {
    writeOrders();
    // Leaves every acknowledgement out before the app begins.
    const preload = path.join(folder, 'preload.mjs');
    writeFileSync(
      preload,
      `import { createRequire } from 'node:module';
       const { Validations } = createRequire(${JSON.stringify(PROJECT_ROOT + '/')})('aws-cdk-lib');
       Validations.prototype.acknowledge = () => undefined;`,
    );

    const { status, stderr } = synthesize(
      {},
      { ...WITHOUT_OWN_CHECKS, NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
    );

    expect(status).toBe(1);
    expect(stderr).toContain("Acknowledge with 'AwsSolutions::AwsSolutions-S1'");
    expect(stderr).toContain(
      'AwsSolutions-IAM5[Resource::<RotationAudit3A0D2ABC.Arn>/lockstep/orders/*]',
    );
  });

  test('fails when a rotation does not fit the schema, with one line', () => {
    const rotations = [{ ...orders, secretArn: 'arn:aws:secretsmanager:partial' }];
    writeFileSync(path.join(folder, 'rotations.json'), JSON.stringify({ rotations }));

    expect(synthesize()).toEqual({
      status: 1,
      stderr:
        'lockstep: rotations.json does not fit its schema: rotations.0.secretArn: ' +
        'the complete ARN of a secret, with its six random characters\n',
    });
  });

  test('fails when a CA file holds a private key, with one line that quotes nothing', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(path.join(folder, 'ca.pem'), key);
    const databases = [{ ...orders.databases[0], trust: { caFile: 'ca.pem' } }];
    const rotations = [{ ...orders, databases }];
    writeFileSync(path.join(folder, 'rotations.json'), JSON.stringify({ rotations }));

    expect(synthesize()).toEqual({
      status: 1,
      stderr: 'lockstep: the CA file of database "orders-rds": ca.pem holds a private key\n',
    });
  });
});
