import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Clouds } from '../clouds/clouds.ts';
import type { Haystack } from './secret-search.ts';
import { auditObjects } from './traces.ts';

/** Everything that the function, the servers or the deployment have let out, file by file and journal by journal. */
export async function allOutlets(clouds: Clouds): Promise<readonly Haystack[]> {
  const { databases, vaults, lambda, environment, synthesized } = clouds;
  const { postgres, oracle } = databases;
  const objects = auditObjects(vaults.aws.buckets);
  return [
    { name: 'the log of the function', text: lambda.logs() },
    { name: 'the environment of the function', text: JSON.stringify(environment) },
    { name: 'the log of PostgreSQL', text: postgres.log() },
    { name: 'the journal of Oracle', text: JSON.stringify(oracle.journal) },
    { name: 'the SQL that Oracle was sent', text: oracle.sqlTexts.join('\n') },
    { name: 'the journal of AWS', text: JSON.stringify(vaults.aws.requests) },
    { name: 'the journal of OCI', text: JSON.stringify(vaults.oci.requests) },
    ...objects.map(({ bytes, ...rest }) => ({
      name: `the audit object ${rest.key}`,
      text: `${JSON.stringify(rest)}\n${bytes.toString('latin1')}`,
    })),
    ...(await filesUnder(dirname(dirname(synthesized.taskRoot)))),
  ];
}

/** With all that `cdk synth` was given and made: templates, the bundle, the CAs. */
async function filesUnder(folder: string): Promise<readonly Haystack[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async (file) => {
      const path = join(file.parentPath, file.name);
      return { name: relative(folder, path), text: await readFile(path, 'latin1') };
    }),
  );
}
