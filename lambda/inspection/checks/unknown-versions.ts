import type { Examination } from '../examination.ts';
import { ok, unchecked, reasonOf, wrong, type Finding } from '../finding.ts';
import { STEP_MAX_MS } from '../step-limit.ts';

const CHECK = 'unknown-versions';
const SUBJECT = 'secrets-manager';
/** The steps' names for a version that the secret does not have, or that lost its label. */
const UNKNOWN = ['UnknownVersionError', 'NotPendingError'];

/**
 * Versions that rotation and secret do not agree on: AWSPENDING that no step was ever run for, calls for a version that the
 * secret does not have, and a version from after AWSCURRENT that lost its label (aws.md 6, 2).
 */
export function unknownVersions(examination: Examination): readonly Finding[] {
  const { trail } = examination;
  if (trail.error !== undefined) return [unchecked(CHECK, SUBJECT, reasonOf(trail.error))];
  const findings = [
    ...pendingOfNobody(examination),
    ...callsOfNobody(examination),
    ...abandoned(examination),
  ];
  if (findings.length > 0) return findings;
  return [ok(CHECK, SUBJECT, 'every version of late is one of a rotation')];
}

/** Someone stored a value under AWSPENDING, or the function was never called for it. */
function pendingOfNobody({ pending, trail, nowMs }: Examination): readonly Finding[] {
  const createdMs = pending?.createdMs;
  if (pending === undefined || createdMs === undefined) return [];
  const { version } = pending;
  const entries = trail.value ?? [];
  const isRecent = nowMs - createdMs <= STEP_MAX_MS;
  if (isRecent || entries.some(({ versionId }) => versionId === version)) return [];
  // Where even the oldest entry that was read is younger, older ones may tell of it.
  if (entries.length > 0 && entries.every(({ timeMs }) => timeMs > createdMs)) return [];
  return [
    wrong('warning', {
      check: CHECK,
      subject: SUBJECT,
      found: `version ${version} carries AWSPENDING, and the trail tells of no step for it: it was stored by hand, or the function was never reached`,
      remedy: `if a person stored it and no database has its password: aws secretsmanager update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id ${version}; else see function-policy, then lockstep rotate`,
    }),
  ];
}

/** Since the last success. A test event in the console has such a version, and a rotation that was abandoned. */
function callsOfNobody({ trail }: Examination): readonly Finding[] {
  const entries = trail.value ?? [];
  const end = entries.findIndex(
    ({ event, subject }) => event === 'promoted' && subject === SUBJECT,
  );
  const late = end === -1 ? entries : entries.slice(0, end);
  const call = late.find(({ error }) => error !== undefined && UNKNOWN.includes(error));
  if (call === undefined) return [];
  return [
    wrong('warning', {
      check: CHECK,
      subject: SUBJECT,
      found: `${call.step} was called for version ${call.versionId}, which is none of a rotation that is under way`,
      remedy:
        'never call the function by hand; where a rotation was abandoned (somebody stored a version meanwhile), lockstep rotate',
    }),
  ];
}

/** A rotation that was given up leaves one, and says so in the trail. */
function abandoned({ current, vaults, trail }: Examination): readonly Finding[] {
  const currentMs = current?.createdMs;
  if (currentMs === undefined) return [];
  const lost = vaults[0]?.versions.find(
    ({ labels, createdMs }) => labels.length === 0 && (createdMs ?? 0) > currentMs,
  );
  if (lost === undefined) return [];
  const isGivenUp = trail.value?.some(
    ({ event, versionId }) => event === 'pending-removed' && versionId === lost.version,
  );
  const why =
    isGivenUp === true
      ? 'a database refused its password by policy'
      : 'somebody took AWSPENDING off it, or cancelled the rotation';
  return [
    wrong('warning', {
      check: CHECK,
      subject: SUBJECT,
      found: `version ${lost.version} is younger than AWSCURRENT and carries no label: ${why}`,
      remedy:
        'if database-login says that a database has its password, lockstep recover; then lockstep rotate',
    }),
  ];
}
