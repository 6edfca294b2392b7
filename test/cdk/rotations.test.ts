import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRotations, readRotations } from '../../lib/rotations.ts';
import { orders } from './orders.ts';

describe('the file of rotations', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-rotations-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, text: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  test('is the first one given, read relative to the working folder', () => {
    write('rotations.json', '{}');

    expect(findRotations('/deploy', ['staging/a.json', 'b.json'])).toEqual({
      file: '/deploy/staging/a.json',
      isExample: false,
    });
    expect(findRotations('/deploy', [undefined, '/etc/b.json'])).toEqual({
      file: '/etc/b.json',
      isExample: false,
    });
  });

  test('is rotations.json when none is given, or an empty one', () => {
    const file = write('rotations.json', '{}');

    expect(findRotations(folder, [undefined, ''])).toEqual({ file, isExample: false });
  });

  test('is the example when there is no rotations.json', () => {
    expect(findRotations(folder, [undefined, undefined])).toEqual({
      file: path.join(folder, 'rotations.example.json'),
      isExample: true,
    });
  });

  test('gives its rotations, and the folder that their paths start from', () => {
    const file = write('staging.json', JSON.stringify({ rotations: [orders] }));

    expect(readRotations(file)).toEqual({ folder, entries: [orders] });
  });

  test('fails when it cannot be read', () => {
    const file = path.join(folder, 'missing.json');

    expect(() => readRotations(file)).toThrow(`cannot read the rotations file ${file}`);
  });

  test('fails when it is not JSON', () => {
    const file = write('staging.json', '{ rotations: ');

    expect(() => readRotations(file)).toThrow('staging.json is not valid JSON');
  });

  test('fails when it does not fit the schema', () => {
    const file = write('staging.json', '{ "rotations": [] }');

    expect(() => readRotations(file)).toThrow(
      /^staging\.json does not fit its schema: rotations: /,
    );
  });
});
