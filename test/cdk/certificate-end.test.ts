import { readFileSync } from 'node:fs';
import path from 'node:path';
import { endingCertificates } from '../../lib/certificate-end.ts';
import { PROJECT_ROOT } from './orders.ts';

/** Three certificates, which end on 2061-05-21, 2121-05-21 and 2121-05-21. */
const PEM = readFileSync(
  path.join(PROJECT_ROOT, 'lib/rds-ca/certificates/eu-central-1.pem'),
  'utf8',
);

function endingOn(day: string, withinDays: number): readonly object[] {
  return endingCertificates(PEM, { nowMs: Date.parse(`${day}T00:00:00Z`), withinDays });
}

const ENDING = { subject: 'Amazon RDS eu-central-1 Root CA RSA2048 G1', lastDay: '2061-05-21' };

describe('the end of a certificate', () => {
  test('is not said while it is far', () => {
    expect(endingOn('2061-02-19', 90)).toEqual([]);
  });

  test('is said once it is near', () => {
    expect(endingOn('2061-02-20', 90)).toEqual([{ ...ENDING, daysLeft: 90 }]);
  });

  test('is said when it has passed', () => {
    expect(endingOn('2061-05-24', 0)).toEqual([{ ...ENDING, daysLeft: -3 }]);
  });

  test('is that of every certificate in the file', () => {
    expect(endingOn('2121-05-20', 1)).toHaveLength(3);
  });
});
