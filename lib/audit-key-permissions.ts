import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { AuditKeyProps } from './audit-keys.ts';
import { keyPermission } from './key-permission.ts';

export interface AuditKeyPermissionsProps extends AuditKeyProps {
  /** The customer's key that encrypts the parameter. */
  readonly auditKeyParameterKey?: IKey | undefined;
}

/**
 * The use of the keys of the audit trail: the present one signs, and verifies the newest entry before the next is linked to
 * it; former ones verify only. A parameter that is no key of the trail is not named.
 */
export function auditKeyPermissions(
  scope: Construct,
  props: AuditKeyPermissionsProps,
): readonly PolicyStatement[] {
  const { auditKeyParameter, auditKey, formerAuditKeyParameter, formerAuditKeys = [] } = props;
  const parameter = auditKeyParameter ?? formerAuditKeyParameter;
  return [
    ...(parameter === undefined ? [] : readParameter(scope, parameter, props)),
    ...(auditKey === undefined
      ? []
      : [macPermission('SignAuditTrail', ['kms:GenerateMac', 'kms:VerifyMac'], [auditKey])]),
    ...(formerAuditKeys.length === 0
      ? []
      : [macPermission('VerifyAuditTrail', ['kms:VerifyMac'], formerAuditKeys)]),
  ];
}

function readParameter(
  scope: Construct,
  parameter: string,
  { auditKeyParameterKey: key }: AuditKeyPermissionsProps,
): readonly PolicyStatement[] {
  const parameterArn = Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: parameter.slice(1),
  });
  return [
    new PolicyStatement({
      sid: 'ReadAuditKey',
      actions: ['ssm:GetParameter'],
      resources: [parameterArn],
    }),
    ...keyPermission(scope, {
      sid: 'UseKeyOfAuditKey',
      key,
      actions: ['kms:Decrypt'],
      service: 'ssm',
      context: { PARAMETER_ARN: parameterArn },
    }),
  ];
}

function macPermission(sid: string, actions: string[], keys: readonly IKey[]): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions,
    resources: keys.map(({ keyArn }) => keyArn),
    conditions: { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } },
  });
}
