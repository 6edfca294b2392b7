import { EndpointBuilder } from 'oci-common';
import type { OciVaultConfig } from '../../config/mirror-config.ts';

/** As oci-vault, oci-secrets and oci-objectstorage 2.139.1 have them. */
const ENDPOINTS = {
  vaults: 'https://vaults.{region}.oci.{secondLevelDomain}',
  secrets: 'https://secrets.vaults.{region}.oci.{secondLevelDomain}',
  objectStorage: 'https://objectstorage.{region}.{secondLevelDomain}',
} as const;

export type OciService = keyof typeof ENDPOINTS;

/** Where a service of OCI is, for a mirror: where its configuration says, else in its region and realm. */
export function ociServiceUrl(
  { region, endpoints }: Pick<OciVaultConfig, 'region' | 'endpoints'>,
  service: OciService,
): URL {
  return new URL(
    endpoints?.[service] ?? EndpointBuilder.createEndpointFromRegionId(ENDPOINTS[service], region),
  );
}
