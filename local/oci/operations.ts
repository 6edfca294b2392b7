import { pageOf, sorted } from './paging.ts';
import {
  ifMatch,
  required,
  secretId,
  selector,
  text,
  version,
  type OperationRequest,
} from './operation-request.ts';
import {
  createSecretDetails,
  parseDetails,
  scheduleDeletionDetails,
  updateSecretDetails,
} from './secret-details.ts';
import type { VaultModel } from './vault-model.ts';

/** What an operation answers: a body, if any, and the headers that go with it. */
export interface OperationReply {
  readonly body?: unknown;
  readonly etag?: string;
  readonly nextPage?: string | undefined;
}

/** One operation of the two services, under the name that OCI's API reference and our fault plans give it. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly run: (model: VaultModel, request: OperationRequest) => OperationReply;
}

const VAULT = '/20180608/secrets';
const RETRIEVAL = '/20190301/secretbundles';

/** Everything that this stand-in answers (paths: OCI API reference; oci-vault and oci-secrets 2.139.1). */
export const OPERATIONS: readonly Operation[] = [
  { name: 'ListSecrets', method: 'GET', path: VAULT, run: listSecrets },
  {
    name: 'CreateSecret',
    method: 'POST',
    path: VAULT,
    run: createSecret,
  },
  {
    name: 'GetSecret',
    method: 'GET',
    path: `${VAULT}/{secretId}`,
    run: (model, request) => model.getSecret(secretId(request)),
  },
  {
    name: 'UpdateSecret',
    method: 'PUT',
    path: `${VAULT}/{secretId}`,
    run: (model, request) =>
      model.updateSecret(
        secretId(request),
        parseDetails(updateSecretDetails, request.body),
        ifMatch(request),
      ),
  },
  {
    name: 'ScheduleSecretDeletion',
    method: 'POST',
    path: `${VAULT}/{secretId}/actions/scheduleDeletion`,
    run: (model, request) =>
      model.scheduleSecretDeletion(
        secretId(request),
        parseDetails(scheduleDeletionDetails, request.body),
        ifMatch(request),
      ),
  },
  {
    name: 'CancelSecretDeletion',
    method: 'POST',
    path: `${VAULT}/{secretId}/actions/cancelDeletion`,
    run: (model, request) => model.cancelSecretDeletion(secretId(request), ifMatch(request)),
  },
  {
    name: 'ListSecretVersions',
    method: 'GET',
    path: `${VAULT}/{secretId}/versions`,
    run: (model, request) => list(model.listSecretVersions(secretId(request)), request),
  },
  {
    name: 'GetSecretVersion',
    method: 'GET',
    path: `${VAULT}/{secretId}/version/{versionNumber}`,
    run: (model, request) => model.getSecretVersion(version(request)),
  },
  {
    name: 'ScheduleSecretVersionDeletion',
    method: 'POST',
    path: `${VAULT}/{secretId}/version/{versionNumber}/actions/scheduleDeletion`,
    run: (model, request) =>
      model.scheduleSecretVersionDeletion(
        version(request),
        parseDetails(scheduleDeletionDetails, request.body),
        ifMatch(request),
      ),
  },
  {
    name: 'CancelSecretVersionDeletion',
    method: 'POST',
    path: `${VAULT}/{secretId}/version/{versionNumber}/actions/cancelDeletion`,
    run: (model, request) => model.cancelSecretVersionDeletion(version(request), ifMatch(request)),
  },
  {
    name: 'GetSecretBundleByName',
    method: 'POST',
    path: `${RETRIEVAL}/actions/getByName`,
    run: getSecretBundleByName,
  },
  {
    name: 'GetSecretBundle',
    method: 'GET',
    path: `${RETRIEVAL}/{secretId}`,
    run: (model, request) => model.getSecretBundle(secretId(request), selector(request.query)),
  },
  {
    name: 'ListSecretBundleVersions',
    method: 'GET',
    path: `${RETRIEVAL}/{secretId}/versions`,
    run: (model, request) => list(model.listSecretBundleVersions(secretId(request)), request),
  },
];

function createSecret(model: VaultModel, request: OperationRequest): OperationReply {
  const retryToken = text(request.headers['opc-retry-token']);
  const details = parseDetails(createSecretDetails, request.body);
  return model.createSecret(details, retryToken === undefined ? {} : { retryToken });
}

function listSecrets(model: VaultModel, request: OperationRequest): OperationReply {
  const { query } = request;
  const secrets = model.listSecrets({
    compartmentId: required(query, 'compartmentId'),
    vaultId: query.get('vaultId') ?? undefined,
    name: query.get('name') ?? undefined,
    lifecycleState: query.get('lifecycleState') ?? undefined,
  });
  return list(secrets, request);
}

function getSecretBundleByName(model: VaultModel, request: OperationRequest): OperationReply {
  const { query } = request;
  const name = { secretName: required(query, 'secretName'), vaultId: required(query, 'vaultId') };
  // The reference lists no etag header for this operation, unlike for GetSecretBundle.
  return { body: model.getSecretBundleByName(name, selector(query)).body };
}

function list(items: readonly unknown[], request: OperationRequest): OperationReply {
  const page = pageOf(sorted(items, request.query), request.query, request.pageSize);
  return { body: page.items, nextPage: page.nextPage };
}
