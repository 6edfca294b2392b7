import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const ETC_APT = '/etc/apt';
/** `deb [options] address suite component...` */
const ONE_LINE = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(\S+)/;

/** Where packages come from: the machine's own first source, for one suite and its first component. */
export interface AptSource {
  readonly address: string;
  readonly suite: string;
  readonly component: string;
  /** The key ring that the source is signed by; undefined for apt's own. */
  readonly signedBy: string | undefined;
}

/**
 * Reads the first source of binary packages that this machine uses, in either of apt's two forms. Rejects where there is
 * none, since then the machine does not use apt.
 */
export async function readFirstSource(folder = ETC_APT): Promise<AptSource> {
  for (const file of await listSourceFiles(folder)) {
    const text = await readFile(file, 'utf8');
    const source = file.endsWith('.sources') ? parseStanzas(text) : parseLines(text);
    if (source !== undefined) return source;
  }
  throw new Error(`no source of Debian packages below ${folder}`);
}

/** The text of a `.sources` file. */
export function formatSource({ address, suite, component, signedBy }: AptSource): string {
  const lines = ['Types: deb', `URIs: ${address}`, `Suites: ${suite}`, `Components: ${component}`];
  if (signedBy !== undefined) lines.push(`Signed-By: ${signedBy}`);
  return `${lines.join('\n')}\n`;
}

async function listSourceFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'sources.list.d')).catch(() => [] as string[]);
  const parts = names.filter((name) => /\.(?:list|sources)$/.test(name)).sort();
  const main = (await readdir(folder).catch(() => [] as string[])).includes('sources.list');
  return [
    ...(main ? ['sources.list'] : []),
    ...parts.map((name) => join('sources.list.d', name)),
  ].map((name) => join(folder, name));
}

function parseStanzas(text: string): AptSource | undefined {
  const plain = text.replace(/^#.*\n/gm, '');
  for (const stanza of plain.split(/\n\s*\n/)) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:\\s*(\\S+)`, 'im').exec(stanza)?.[1];
    const [address, suite, component] = [field('URIs'), field('Suites'), field('Components')];
    const isUsed = field('Types') === 'deb' && field('Enabled')?.toLowerCase() !== 'no';
    if (isUsed && address !== undefined && suite !== undefined && component !== undefined) {
      return { address, suite, component, signedBy: field('Signed-By') };
    }
  }
  return undefined;
}

function parseLines(text: string): AptSource | undefined {
  for (const line of text.split('\n')) {
    const [, options, address, suite, component] = ONE_LINE.exec(line.trim()) ?? [];
    if (address !== undefined && suite !== undefined && component !== undefined) {
      return { address, suite, component, signedBy: /signed-by=(\S+)/.exec(options ?? '')?.[1] };
    }
  }
  return undefined;
}
