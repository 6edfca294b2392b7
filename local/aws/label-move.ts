import type { UpdateSecretVersionStageRequest } from '@aws-sdk/client-secrets-manager';
import { checkedLabel } from './secret-input.ts';
import { AWSCURRENT, type SecretState, withLabel, withoutLabel } from './secret-state.ts';
import { AwsServiceError } from './service-error.ts';

/**
 * UpdateSecretVersionStage. A label that is on another version moves only if RemoveFromVersionId names that
 * version, which makes the call a compare-and-swap ("If the label is attached and you either do not
 * specify this parameter, or the version ID does not match, then the operation fails", SDK).
 *
 * So repeating a move that took effect is refused: the label is no longer where RemoveFromVersionId says.
 * Attaching a label where it already is, without RemoveFromVersionId, changes nothing. Removing a label
 * from a version that does not have it is refused. These three follow the words above but were not recorded.
 */
export function moveLabel(
  state: SecretState,
  request: UpdateSecretVersionStageRequest,
): SecretState {
  const label = checkedLabel(request.VersionStage);
  const { MoveToVersionId: to, RemoveFromVersionId: from } = request;
  const holder = state.labels.get(label);
  if (to === undefined && from === undefined) {
    throw refused('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  }
  if (from !== undefined && from !== holder) {
    throw refused(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
    );
  }
  if (to === undefined) {
    if (label === AWSCURRENT) {
      throw refused(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    }
    return withoutLabel(state, label);
  }
  if (!state.versions.has(to)) {
    throw new AwsServiceError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${to}`,
    );
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw refused(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  return withLabel(state, label, to);
}

function refused(message: string): AwsServiceError {
  return new AwsServiceError('InvalidParameterException', message);
}
