import { FunctionConfig } from '../../config/function-config.ts';
import { parseConfig } from '../../config/parse.ts';
import { audit, mirror, orders, parse, refusalOf } from './rotations-fixture.ts';

const place = { mirror: 'oci', namespace: 'axexample', bucket: 'lockstep-audit' };

function withCopies(ociObjectStorage: object, endpoints?: object): object {
  const mirrors = [{ ...mirror, ...(endpoints && { endpoints }) }];
  return { ...orders, mirrors, audit: { ...audit, copyTo: { ociObjectStorage } } };
}

describe('where the audit trail is copied to', () => {
  test('is nowhere, if nothing is said', () => {
    expect(parse({ rotations: [orders] }).rotations[0]?.audit.copyTo).toBeUndefined();
  });

  test('is a bucket, the mirror that has access to it, and a region and prefix if they are named', () => {
    const full = { ...place, region: 'eu-zurich-1', prefix: 'aws-111122223333/' };

    for (const one of [place, full]) {
      const [rotation] = parse({ rotations: [withCopies(one)] }).rotations;
      expect(rotation?.audit.copyTo).toEqual({ ociObjectStorage: one });
    }
  });

  test('is told to the function', () => {
    const text = JSON.stringify({
      ...orders,
      audit: {
        ...audit,
        bucket: 'audit',
        prefix: 'lockstep/orders/',
        copyTo: { ociObjectStorage: place },
      },
    });

    const config = parseConfig(FunctionConfig, { subject: 'function', text });

    expect(config.audit.copyTo).toEqual({ ociObjectStorage: place });
  });

  const field = (name: string): string => `rotations.0.audit.copyTo.ociObjectStorage.${name}`;

  test.each<[string, object, string]>([
    [
      'the mirror is not there',
      { ...place, mirror: 'other' },
      `${field('mirror')}: the name of one of the mirrors`,
    ],
    [
      'the namespace could leave its place in a URL',
      { ...place, namespace: 'a/../b' },
      `${field('namespace')}: an Object Storage namespace`,
    ],
    [
      'the bucket has no name',
      { ...place, bucket: '' },
      `${field('bucket')}: the name of a bucket`,
    ],
    [
      'the region is one of AWS',
      { ...place, region: 'eu-central' },
      `${field('region')}: an OCI region such as eu-frankfurt-1`,
    ],
    [
      'the prefix is no folder',
      { ...place, prefix: 'copies' },
      `${field('prefix')}: folders of letters, digits, _ and -, ending in /`,
    ],
  ])('fails when %s', (_, ociObjectStorage, refusal) => {
    expect(refusalOf(withCopies(ociObjectStorage))).toBe(refusal);
  });

  test('fails when nothing is named, or a place of another kind', () => {
    const copied = (copyTo: object): object => ({ ...orders, audit: { ...audit, copyTo } });

    expect(refusalOf(copied({}))).toContain('rotations.0.audit.copyTo.ociObjectStorage: ');
    expect(refusalOf(copied({ ociObjectStorage: place, s3: {} }))).toContain(
      'rotations.0.audit.copyTo: ',
    );
  });

  test("fails when a region contradicts the mirror's own endpoint", () => {
    const endpoints = {
      vaults: 'https://vaults.example.com',
      secrets: 'https://secrets.example.com',
      objectStorage: 'https://objects.example.com',
    };

    expect(refusalOf(withCopies(place, endpoints))).toBe('accepted');
    expect(refusalOf(withCopies({ ...place, region: 'eu-zurich-1' }, endpoints))).toBe(
      `${field('region')}: no region, because the mirror's endpoints name another place`,
    );
  });
});
