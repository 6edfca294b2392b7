import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode } from '../../local/lambda/node-runtime.ts';

describe('the search for a Node', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-nodes-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function writeProgram(path: string, version: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return file;
  }

  test('ends at once with the Node that runs it, where that is the one', () => {
    const own = Number(process.versions.node.split('.')[0]);
    const environment = { [`LOCKSTEP_NODE${own}`]: '/not/looked/at' };
    expect(findNode(own, { environment, cacheFolder: folder })).toBe(process.execPath);
  });

  test('takes the program that the environment names before the cached one', async () => {
    const named = await writeProgram('named', 'v99.1.2');
    await writeProgram(cachedPath(99), 'v99.0.0');
    const environment = { LOCKSTEP_NODE99: named };
    expect(findNode(99, { environment, cacheFolder: folder })).toBe(named);
  });

  test('takes the cached one where the environment names none', async () => {
    const cached = await writeProgram(cachedPath(99), 'v99.0.0');
    expect(findNode(99, { environment: {}, cacheFolder: folder })).toBe(cached);
    expect(findNode(98, { environment: {}, cacheFolder: folder })).toBeUndefined();
  });

  test('fails when the environment names a Node of another version', async () => {
    const named = await writeProgram('named', 'v9.9.1');
    expect(() => findNode(99, { environment: { LOCKSTEP_NODE99: named } })).toThrow(
      `LOCKSTEP_NODE99 is to name a Node 99, but ${named} is v9.9.1`,
    );
  });

  test('fails when the environment names what is not there', () => {
    const environment = { LOCKSTEP_NODE99: join(folder, 'absent') };
    expect(() => findNode(99, { environment })).toThrow('is no program');
  });

  function cachedPath(major: number): string {
    const name = `node-${process.platform}-${process.arch}`;
    return `node-${major}/node_modules/${name}/bin/node`;
  }
});
