import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { RotationsFile } from '../../config/rotations-file.ts';

const PROJECT_ROOT = path.join(import.meta.dirname, '../..');

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(PROJECT_ROOT, file), 'utf8'));
}

describe('the published JSON Schema', () => {
  test('says what the code accepts; `npm run schema` writes it anew', () => {
    const schema = z.toJSONSchema(RotationsFile, { io: 'input', target: 'draft-2020-12' });

    expect(readJson('config/rotations.schema.json')).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  test('is the one that the example names', () => {
    const example = readJson('rotations.example.json');

    expect(example).toMatchObject({ $schema: './config/rotations.schema.json' });
    expect(RotationsFile.safeParse(example).success).toBe(true);
  });
});
