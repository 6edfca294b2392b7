import { accountRules } from './checks/account-rules.ts';
import { auditTrail } from './checks/audit-trail.ts';
import { certificates } from './checks/certificates.ts';
import { changePermitted } from './checks/change-permitted.ts';
import { currentValue } from './checks/current-value.ts';
import { databaseLogin } from './checks/database-login.ts';
import { federation } from './checks/federation.ts';
import { loginBudget } from './checks/login-budget.ts';
import { mirrorHeadRoom } from './checks/mirror-head-room.ts';
import { mirrorLevel } from './checks/mirror-level.ts';
import { mirrorOwned } from './checks/mirror-owned.ts';
import { mirrorRules } from './checks/mirror-rules.ts';
import { mirrorWritable } from './checks/mirror-writable.ts';
import { network } from './checks/network.ts';
import { nextUser } from './checks/next-user.ts';
import { overlap } from './checks/overlap.ts';
import { passwordCharacters } from './checks/password-characters.ts';
import { rotationEnabled } from './checks/rotation-enabled.ts';
import { scheduleKept } from './checks/schedule-kept.ts';
import { stuckRotation } from './checks/stuck-rotation.ts';
import { unknownVersions } from './checks/unknown-versions.ts';
import type { InspectionContext } from './context.ts';
import { examine, type Examination } from './examination.ts';
import type { DoctorReport, Finding } from './finding.ts';

/** A check is a pure function of what was found. */
type Check = (examination: Examination) => readonly Finding[];

const CHECKS: readonly Check[] = [
  network,
  stuckRotation,
  unknownVersions,
  rotationEnabled,
  scheduleKept,
  currentValue,
  passwordCharacters,
  databaseLogin,
  changePermitted,
  accountRules,
  overlap,
  nextUser,
  loginBudget,
  certificates,
  federation,
  mirrorLevel,
  mirrorOwned,
  mirrorWritable,
  mirrorRules,
  mirrorHeadRoom,
  auditTrail,
];

/** Makes every check that needs the function's place in the network. Changes nothing and never throws. */
export async function doctor(context: InspectionContext): Promise<DoctorReport> {
  const examination = await examine(context);
  return {
    rotation: context.rotation,
    at: new Date(examination.nowMs).toISOString(),
    findings: CHECKS.flatMap((check) => check(examination)),
  };
}
