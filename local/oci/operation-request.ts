import { integer } from './paging.ts';
import { STAGES, type Stage } from './secret-versions.ts';
import { OciServiceError } from './service-error.ts';
import type { VersionTarget } from './vault-model.ts';
import type { VersionSelector } from './version-selector.ts';

/** What an operation gets of a request. The functions below read it and throw OciServiceError where it is not valid. */
export interface OperationRequest {
  /** Path parameters, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** How long a page is where `limit` does not say. */
  readonly pageSize: number;
}

const VERSION_NUMBER = { name: 'the version number', from: 1, to: Number.MAX_SAFE_INTEGER };

export function secretId(request: OperationRequest): string {
  return request.path['secretId'] ?? '';
}

export function version(request: OperationRequest): VersionTarget {
  const versionNumber = integer(request.path['versionNumber'] ?? '', VERSION_NUMBER);
  return { secretId: secretId(request), versionNumber };
}

export function selector(query: URLSearchParams): VersionSelector {
  const versionNumber = query.get('versionNumber');
  const secretVersionName = query.get('secretVersionName');
  const stage = query.get('stage');
  return {
    ...(versionNumber === null ? {} : { versionNumber: integer(versionNumber, VERSION_NUMBER) }),
    ...(secretVersionName === null ? {} : { secretVersionName }),
    ...(stage === null ? {} : { stage: stageOf(stage) }),
  };
}

export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === '') {
    throw new OciServiceError('MissingParameter', `${name} is required`);
  }
  return value;
}

export function ifMatch(request: OperationRequest): string | undefined {
  return text(request.headers['if-match']);
}

export function text(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function stageOf(value: string): Stage {
  const stage = STAGES.find((one) => one === value);
  if (stage !== undefined) return stage;
  throw new OciServiceError('InvalidParameter', `stage must be one of ${STAGES.join(', ')}`);
}
