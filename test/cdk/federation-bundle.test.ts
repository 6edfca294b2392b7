import path from 'node:path';
import type { Metafile } from 'esbuild';
import { compileFunction } from '../../lib/function-code/compile.ts';
import { PROJECT_ROOT } from './orders.ts';

/** Every file that is loaded with one of these, without what is only imported when it is needed. */
function loadedWith(entries: readonly string[], { inputs }: Metafile): ReadonlySet<string> {
  const loaded = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    for (const { kind, path: imported } of inputs[file]?.imports ?? []) {
      if (kind !== 'dynamic-import') waiting.push(imported);
    }
  }
  return loaded;
}

describe('the code of federated access', () => {
  let metafile: Metafile;

  beforeAll(() => {
    ({ metafile } = compileFunction(path.join(PROJECT_ROOT, 'lambda/handler.ts')));
  });

  const FEDERATED = [
    'lambda/adapters/aws-web-identity.ts',
    'lambda/adapters/oci-federated-access.ts',
    'lambda/adapters/oci-oauth-client.ts',
  ];
  const ofSts = (file: string): boolean => file.includes('node_modules/@aws-sdk/client-sts/');

  test('is not loaded by the start of the function, nor by an access with an API key', () => {
    const loaded = loadedWith(
      [
        'lambda/handler.ts',
        'lambda/adapters/oci-api-key-secret.ts',
        'lambda/adapters/oci-vault.ts',
      ],
      metafile,
    );

    expect(loaded.size).toBeGreaterThan(100);
    expect([...loaded].filter((file) => FEDERATED.includes(file) || ofSts(file))).toEqual([]);
  });

  test('is in the bundle, and loads the SDK of STS', () => {
    const loaded = [...loadedWith(FEDERATED, metafile)];

    expect(FEDERATED.filter((file) => metafile.inputs[file] === undefined)).toEqual([]);
    expect(loaded.some(ofSts)).toBe(true);
  });
});
