import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CONTROL_FILE = 'control';

/** What a sandbox leaves for other terminals, for as long as it runs. */
export interface SandboxFiles {
  readonly controlUrl: string;
  readonly rotations: object;
  /** The certificate authority that rotations.json names as `ca.pem`. */
  readonly caPem: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Writes the folder anew. The access keys in it are of nobody, so that nothing in it is secret. */
export async function writeSandboxFolder(folder: string, files: SandboxFiles): Promise<void> {
  const { controlUrl, rotations, caPem, environment } = files;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // The SDK would take the credentials of a profile before those of the environment.
  const unset = 'unset AWS_PROFILE AWS_SESSION_TOKEN\n';
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  await writeFile(join(folder, 'rotations.json'), `${JSON.stringify(rotations, null, 2)}\n`);
  await writeFile(join(folder, 'ca.pem'), caPem);
  await writeFile(join(folder, CONTROL_FILE), controlUrl);
  // Last: whoever waits for this file finds the others.
  await writeFile(join(folder, 'env'), `${unset}${exports.join('')}`);
}

export async function removeSandboxFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Where the sandbox of this folder takes commands; undefined where there is none. */
export async function readControlUrl(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, CONTROL_FILE), 'utf8');
  } catch {
    return undefined;
  }
}
