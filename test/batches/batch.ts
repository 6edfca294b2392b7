import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

declare const describeFile: (name: string, load: () => Promise<unknown>) => Promise<void>;

const BATCH = /^(?<kind>\w+)-(?<number>\d)-of-(?<count>\d)\.test\.ts$/;

/**
 * Declares the tests of every file of the batch that `url` names: `unit-2-of-3.test.ts` is every third file below
 * `test/unit`, from the second. For each file of tests jest loads anew all that it imports, and itself, which takes as
 * long as the tests: so `npm test` loads few files (jest.batches.config.js). One file alone is run by itself:
 * `npm run jest -- test/unit/handler`.
 */
export async function declareBatch(url: string): Promise<void> {
  const { kind = '', number, count } = BATCH.exec(basename(url))?.groups ?? {};
  const folder = join(dirname(import.meta.dirname), kind);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  for (const [index, file] of files.entries()) {
    if (index % Number(count) !== Number(number) - 1) continue;
    await describeFile(`${kind}/${file}`, async () => {
      await import(`../${kind}/${file}`);
    });
  }
}
