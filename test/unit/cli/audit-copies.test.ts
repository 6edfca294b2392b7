import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { compareCopies, type CopyComparison } from '../../../cli/audit/compare-copies.ts';
import { copiesText, isSame } from '../../../cli/audit/copies-text.ts';
import type { AuditConfig } from '../../../config/audit-config.ts';
import { encodeEntry } from '../../../lambda/audit/encoding.ts';
import { GENESIS, type Entry } from '../../../lambda/audit/entry.ts';

const PREFIX = 'lockstep/orders/';
const colours = pc.createColors(false);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function entry(sequence: number): Entry {
  return {
    v: 1,
    sequence,
    previous: sequence === 1 ? GENESIS : 'f'.repeat(64),
    mac: 'a'.repeat(64),
    keyVersion: 'memory:1',
    time: '2026-11-27T12:00:00.000Z',
    rotation: 'orders',
    secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf',
    versionId: '8b7c0000-0000-4000-8000-000000000008',
    step: 'createSecret',
    requestId: 'request-1',
    functionVersion: '1',
    event: 'staged',
    subject: 'oci',
  };
}

async function put(name: string, text: string, prefix = ''): Promise<void> {
  const file = path.join(folder, prefix, 'lockstep/orders/entries', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function compare(sequences: readonly number[], prefix?: string): Promise<CopyComparison> {
  const ociObjectStorage = {
    mirror: 'oci',
    namespace: 'n',
    bucket: 'b',
    ...(prefix && { prefix }),
  };
  const audit: Pick<AuditConfig, 'prefix' | 'copyTo'> = {
    prefix: PREFIX,
    copyTo: { ociObjectStorage },
  };
  return await compareCopies(folder, { audit, entries: sequences.map(entry) });
}

describe('copies in a folder', () => {
  test('are the same where each entry has one, byte for byte', async () => {
    await put('999999999998', encodeEntry(entry(1)));
    await put('999999999997', encodeEntry(entry(2)));

    const comparison = await compare([1, 2]);

    expect(comparison).toEqual({ copyCount: 2, missing: [], different: [], surplus: [] });
    expect(isSame(comparison)).toBe(true);
    expect(copiesText(comparison, colours)).toBe('✔ the copies are the same: 2, byte for byte');
  });

  test('are looked for under the prefix of the copies', async () => {
    await put('999999999998', encodeEntry(entry(1)), 'aws');

    expect(isSame(await compare([1], 'aws/'))).toBe(true);
  });

  test('are told apart: missing ones, other ones, and those of which there is no entry', async () => {
    await put('999999999998', encodeEntry(entry(1)).trimEnd());
    await put('999999999996', encodeEntry(entry(3)));
    await put('999999999989', encodeEntry(entry(10)));
    await put('999999999990', encodeEntry(entry(9)));
    await put('readme.txt', 'of somebody');

    const comparison = await compare([1, 2, 3]);

    expect(comparison).toEqual({ copyCount: 4, missing: [2], different: [1], surplus: [9, 10] });
    expect(isSame(comparison)).toBe(false);
    expect(copiesText(comparison, colours)).toBe(
      '✖ entries without a copy: 2\n' +
        '✖ entries whose copy is another object: 1\n' +
        '✖ copies of which the trail has no authentic entry: 9, 10',
    );
  });

  test('that are missing by the hundred are not all named', () => {
    const missing = Array.from({ length: 120 }, (_, index) => index + 1);

    expect(copiesText({ copyCount: 0, missing, different: [], surplus: [] }, colours)).toBe(
      '✖ entries without a copy: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 100 more',
    );
  });

  test('fail to be compared where the folder has none, or the trail is not copied', async () => {
    await expect(compare([1])).rejects.toThrow('there are no copies in');
    await expect(compareCopies(folder, { audit: { prefix: PREFIX }, entries: [] })).rejects.toThrow(
      'the trail of this rotation is not copied',
    );
  });
});
