import { readdirSync } from 'node:fs';

/**
 * Every `.cases.ts` below this folder. aws-cdk-lib takes more than a second to load, and jest loads it anew for each file
 * of tests: so these are one. One of them: `npm run jest -- test/cdk/cases -t 'the audit bucket'`.
 */
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
for (const file of files.filter((name) => name.endsWith('.cases.ts')).sort()) {
  await import(`./${file}`);
}
