import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction, type FunctionCode } from '../../lib/function-code/compile.ts';
import { PROJECT_ROOT } from './orders.ts';

const BYTES_MAX = 2_500_000;
/** Loads the function as Lambda does, and says which of its files Node has read by then. */
const START = `
  const { handler } = require('./index.js');
  if (typeof handler !== 'function') throw new Error('no handler');
  process.stdout.write(JSON.stringify(Object.keys(require.cache)));
`;

describe('the code of the function', () => {
  let folder: string;
  let code: FunctionCode;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-code-'));
    code = compileFunction(path.join(PROJECT_ROOT, 'lambda/handler.ts'));
    for (const { name, text } of code.files) writeFileSync(path.join(folder, name), text);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The packages and files of this project of which something is in the files that a start reads. */
  function readAtStart(): readonly string[] {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', START], {
      cwd: folder,
      env: {},
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const files = (JSON.parse(stdout) as string[]).map((file) => path.basename(file));
    expect(files).toContain('index.js');
    return files.flatMap((file) =>
      Object.keys(code.metafile.outputs[`build/${file}`]?.inputs ?? {}),
    );
  }

  /** The files that are loaded with this one, dynamic imports left out. */
  function loadedWith(entry: string): ReadonlySet<string> {
    const loaded = new Set([entry]);
    for (const file of loaded) {
      for (const { kind, path: imported } of code.metafile.inputs[file]?.imports ?? []) {
        if (kind !== 'dynamic-import') loaded.add(imported);
      }
    }
    return loaded;
  }

  /** Which of the libraries that open wallets are loaded with this file. */
  function librariesOfWalletsWith(entry: string): readonly string[] {
    const loaded = [...loadedWith(entry)];
    return ['fflate', 'node-forge'].filter((name) =>
      loaded.some((file) => file.startsWith(`node_modules/${name}/`)),
    );
  }

  test('has less than 2.5 MB, with every SDK and driver in it', () => {
    const bytes = code.files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

    expect(bytes).toBeGreaterThan(1_000_000);
    expect(bytes).toBeLessThan(BYTES_MAX);
    const inputs = Object.keys(code.metafile.inputs);
    for (const part of ['pg', 'mysql2', 'oracledb', 'oci-vault', '@aws-sdk/client-s3']) {
      expect(inputs.some((input) => input.startsWith(`node_modules/${part}/`))).toBe(true);
    }
  });

  test('reads no driver, nothing of OCI and no adapter of an engine when it starts', () => {
    const inputs = readAtStart();

    expect(inputs).toContain('lambda/handler.ts');
    const unwanted =
      /^node_modules\/(pg|pg-.*|mysql2|oracledb|oci-.*|sshpk|@peculiar\/.*|node-forge|@mongodb-js\/.*)\/|^lambda\/adapters\/(postgres|mysql|mariadb|oracle|oci-vault|oci-http)/;
    expect(inputs.filter((input) => unwanted.test(input))).toEqual([]);
  });

  test('loads nothing that only a wallet needs when it starts', () => {
    const loaded = [...loadedWith('lambda/handler.ts')];

    expect(loaded).toContain('lambda/compose.ts');
    expect(
      loaded.filter((file) => /^lambda\/adapters\/(wallet-|oracle-wallet)/.test(file)),
    ).toEqual([]);
    expect(librariesOfWalletsWith('lambda/handler.ts')).toEqual([]);
  });

  test.each([
    ['oracle-wallet.ts', []],
    ['wallet-zip.ts', ['fflate']],
    ['wallet-pkcs12.ts', ['node-forge']],
  ])('loads with %s the libraries %j only', (adapter, libraries) => {
    expect(librariesOfWalletsWith(`lambda/adapters/${adapter}`)).toEqual(libraries);
  });

  test('fails when a part that it leaves out is used, and says so', () => {
    const source = 'export const handler = () => require("jsonwebtoken").decode("");\n';
    const entry = path.join(folder, 'entry.ts');
    writeFileSync(entry, source);
    const [file] = compileFunction(entry).files;
    writeFileSync(path.join(folder, 'user.cjs'), file?.text ?? '');

    const script =
      'try { require("./user.cjs").handler() } catch (error) { console.log(error.message) }';
    const { stdout } = spawnSync(process.execPath, ['-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('decode belongs to a package that the bundle leaves out\n');
  });
});
