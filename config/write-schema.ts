import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import * as z from 'zod';
import { RotationsFile } from './rotations-file.ts';

// `npm run schema` writes the published JSON Schema; a test holds it to the code.
const schema = z.toJSONSchema(RotationsFile, { io: 'input', target: 'draft-2020-12' });
writeFileSync(
  new URL('rotations.schema.json', import.meta.url),
  await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 }),
);
