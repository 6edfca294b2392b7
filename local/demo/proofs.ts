import type { Clouds } from '../clouds/clouds.ts';
import { loginsOf, type Login } from '../clouds/logins.ts';
import { passwordIn, readAws, readOci, verifyAudit } from '../clouds/published.ts';
import type { Display } from './display.ts';

export interface DatabaseProof extends Pick<Login, 'name' | 'engine'> {
  readonly newAccepted: boolean;
  readonly oldRefused: boolean;
}

export interface Proofs {
  readonly databases: readonly DatabaseProof[];
  readonly vaults: { readonly equal: boolean };
  readonly audit: { readonly entries: number; readonly verified: boolean };
  /** The password that was proven. */
  readonly password: string;
}

/**
 * Proves a rotation from outside: real drivers log in with what AWS publishes now and with what was published before,
 * both vaults are read as applications read them, and the audit trail is verified.
 */
export async function proveRotation(
  clouds: Clouds,
  {
    oldPassword,
    promotedVersionIds,
    display,
  }: {
    readonly oldPassword: string;
    readonly promotedVersionIds: readonly string[];
    readonly display: Display;
  },
): Promise<Proofs> {
  display.title('Proof, from outside');
  const [aws, oci] = [await readAws(clouds), await readOci(clouds)];
  const password = passwordIn(aws);
  const databases: DatabaseProof[] = [];
  for (const { name, engine, accepts } of loginsOf(clouds)) {
    display.begin(name);
    const proof = {
      name,
      engine,
      newAccepted: await accepts(password),
      oldRefused: !(await accepts(oldPassword)),
    };
    databases.push(proof);
    show(display, proof.newAccepted && proof.oldRefused, {
      label: name,
      holds: `${engine} takes the new password and refuses the old one`,
      broken: `new password taken: ${yesNo(proof.newAccepted)}, old one refused: ${yesNo(proof.oldRefused)}`,
    });
  }
  show(display, aws === oci, {
    label: 'vaults',
    holds: 'Secrets Manager and OCI Vault publish the same secret, byte for byte',
    broken: 'Secrets Manager and OCI Vault publish different secrets',
  });
  const report = await verifyAudit(clouds, promotedVersionIds);
  show(display, report.isIntact, {
    label: 'audit trail',
    holds: `${report.entryCount} entries verify: none altered, removed, inserted or reordered`,
    broken: report.findings.map(({ kind }) => kind).join(', '),
  });
  return {
    databases,
    vaults: { equal: aws === oci },
    audit: { entries: report.entryCount, verified: report.isIntact },
    password,
  };
}

export function holds({ databases, vaults, audit }: Proofs): boolean {
  const all = databases.every(({ newAccepted, oldRefused }) => newAccepted && oldRefused);
  return all && vaults.equal && audit.verified;
}

function show(
  display: Display,
  isGood: boolean,
  { label, holds: good, broken }: { label: string; holds: string; broken: string },
): void {
  if (isGood) display.done(label, good);
  else display.failed(label, [broken]);
}

function yesNo(answer: boolean): string {
  return answer ? 'yes' : 'no';
}
