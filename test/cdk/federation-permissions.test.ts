import type { RotationEntry } from '../../config/rotations-file.ts';
import {
  CLIENT_SECRET_ARN,
  federatedMirror,
  mirror,
  OCI_SECRET_ARN,
  onlyResource,
  orders,
  templateOf,
} from './orders.ts';

interface Statement {
  readonly Sid: string;
  readonly [name: string]: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const PROVE_ITSELF = {
  Sid: 'ProveItselfToOci',
  Effect: 'Allow',
  Action: 'sts:GetWebIdentityToken',
  Resource: '*',
  Condition: {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['urn:lockstep:oci'] },
    Null: { 'sts:IdentityTokenAudience': 'false' },
    NumericLessThanEquals: { 'sts:DurationSeconds': 300 },
    StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
  },
};

function statementsWith(mirrors: RotationEntry['mirrors']): readonly Statement[] {
  const template = templateOf({ ...orders, mirrors });
  const { Policies } = onlyResource(template, 'AWS::IAM::Role').Properties;
  return (Policies as Policy[]).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function secretsIn(statements: readonly Statement[]): unknown {
  return statements.find(({ Sid }) => Sid === 'ReadCredentialSecrets')?.['Resource'];
}

describe('the role of a function with federated access', () => {
  test('may have AWS vouch for it to the audience of its mirror only, for five minutes', () => {
    const statements = statementsWith([federatedMirror]);

    expect(statements.map(({ Sid }) => Sid)).toEqual([
      'RotateSecret',
      'ReadCredentialSecrets',
      'ProveItselfToOci',
      'ReadAuditKey',
      'WriteAuditTrail',
      'ListAuditTrail',
      'WriteLog',
    ]);
    expect(statements).toContainEqual(PROVE_ITSELF);
    expect(secretsIn(statements)).toBe(CLIENT_SECRET_ARN);
  });

  test('names an audience once that two mirrors share, beside the API key of a third', () => {
    const statements = statementsWith([
      federatedMirror,
      { ...federatedMirror, name: 'oci-2' },
      { ...mirror, name: 'oci-3' },
    ]);

    expect(secretsIn(statements)).toEqual([CLIENT_SECRET_ARN, OCI_SECRET_ARN]);
    expect(statements).toContainEqual(PROVE_ITSELF);
  });
});
