import type { Fault } from '../faults.ts';

/**
 * What can befall one call.
 * - `refuse`, `throttle`: the service answers with an error of its own; nothing took effect.
 * - `refusePolicy`: a database refuses a new password by its rules.
 * - `loseRequest`, `loseReply`: the line is cut before the call takes effect, or after.
 * - `loseChange`: the service says that a change was made, and loses it at once.
 * - `late`: the call takes effect; its answer comes after the function's own deadline.
 * - `hang`: the call takes no effect, and the function waits for it until its own deadline.
 * - `die`: the process dies before the call takes effect. What it has done until then stays.
 */
export const FAULT_KINDS = [
  'refuse',
  'throttle',
  'refusePolicy',
  'loseRequest',
  'loseReply',
  'loseChange',
  'late',
  'hang',
  'die',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The last call of every invocation: its answer to the service. Only a death can befall it. */
export const ANSWER = 'function:answer';

/** Calls that set or end a password. */
const CHANGES_PASSWORD =
  /:(changePassword|query:(ALTER ROLE|ALTER USER|SET PASSWORD)|execute:ALTER USER)/;
const POLICY_REFUSALS: Readonly<Record<string, Extract<Fault, { kind: 'refuse' }>>> = {
  postgres: { kind: 'refuse', code: '22023', message: 'password is easily cracked' },
  oracle: { kind: 'refuse', code: 'ORA-28003' },
  mysql: { kind: 'refuse', code: '1819' },
  mariadb: { kind: 'refuse', code: '1819' },
};
/** Changes that OCI carries out after its answer. */
const MADE_LATER = ['oci:UpdateSecret', 'oci:PromoteSecretVersion'];

export function changesPassword(call: string): boolean {
  return CHANGES_PASSWORD.test(call);
}

/**
 * The kinds that can befall a call, each of which may end otherwise than the others.
 *
 * @param hasEffect whether the call changes anything where it is made. If not, a lost request is the same as a lost
 *   reply, and a call that hangs the same as one that is late
 */
export function kindsOf(call: string, { hasEffect }: { hasEffect: boolean }): readonly FaultKind[] {
  if (call === ANSWER) return ['die'];
  const kinds: FaultKind[] = ['die', 'loseRequest', 'refuse', 'hang'];
  if (hasEffect) kinds.push('loseReply', 'late');
  if (hasEffect && MADE_LATER.includes(call)) kinds.push('loseChange');
  if (hasEffect && changesPassword(call)) kinds.push('refusePolicy');
  return kinds;
}

/** What a stand-in is told of a fault. */
export function faultOf(kind: FaultKind, call: string): Fault | undefined {
  switch (kind) {
    case 'refuse':
    case 'throttle':
      return { kind };
    case 'refusePolicy':
      return POLICY_REFUSALS[call.slice(0, call.indexOf(':'))];
    case 'loseChange':
      return undefined;
    case 'loseRequest':
    case 'hang':
    case 'die':
      return { kind: 'loseRequest' };
    case 'loseReply':
    case 'late':
      return { kind: 'loseReply' };
  }
}
