import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PINNED_FOLDER } from './pinned-roots.ts';
import { refresh, RefreshError, type Refreshed } from './refresh.ts';

const BUNDLE_URL = 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';
const DOWNLOAD_MAX_MS = 30_000;
const USAGE = `usage: node --import tsx lib/rds-ca/main.ts [<bundle.pem> --source <where it is from>] [--allow-removal]
Without a file it downloads ${BUNDLE_URL}
`;

try {
  process.stdout.write(report(await run(process.argv.slice(2))));
} catch (error) {
  if (!(error instanceof RefreshError)) throw error;
  process.stderr.write(`rds-ca: ${error.message}\n`);
  process.exitCode = 1;
}

async function run(args: string[]): Promise<Refreshed> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'allow-removal': { type: 'boolean', default: false }, source: { type: 'string' } },
  });
  const [file, ...rest] = positionals;
  if (rest.length > 0 || (file === undefined) !== (values.source === undefined)) {
    throw new RefreshError(`a file and its source go together\n${USAGE}`);
  }
  return refresh({
    bundle: file === undefined ? await download() : readFileSync(path.resolve(file), 'utf8'),
    source: values.source ?? BUNDLE_URL,
    folder: PINNED_FOLDER,
    nowMs: Date.now(),
    allowsRemoval: values['allow-removal'],
  });
}

async function download(): Promise<string> {
  try {
    const response = await fetch(BUNDLE_URL, { signal: AbortSignal.timeout(DOWNLOAD_MAX_MS) });
    if (response.ok) return await response.text();
    throw new RefreshError(`${BUNDLE_URL} answers with status ${response.status}`);
  } catch (error) {
    if (error instanceof RefreshError) throw error;
    throw new RefreshError(`cannot download ${BUNDLE_URL}; give a file instead\n${USAGE}`, {
      cause: error,
    });
  }
}

function report({ added, removed, total }: Refreshed): string {
  const lines = [
    ...added.map(({ region, kind, fingerprint }) => `+ ${region} ${kind} ${fingerprint}`),
    ...removed.map(({ region, kind, fingerprint }) => `- ${region} ${kind} ${fingerprint}`),
    `${total} root certificates are pinned in ${path.relative(process.cwd(), PINNED_FOLDER)}`,
    ...(added.length > 0
      ? ['Compare the fingerprints of what was added with a second source before you commit them.']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
