import type { Fault } from '../faults.ts';
import { OracleError } from './oracle-error.ts';

/** What a call is refused or throttled with where the plan names no code. */
const DEFAULTS: Readonly<
  Record<string, { readonly refuse: OracleError; readonly throttle: OracleError }>
> = {
  'oracle:connect': {
    refuse: new OracleError(
      12528,
      'listener: all appropriate instances are blocking new connections',
    ),
    throttle: new OracleError(12516, 'listener could not find available handler'),
  },
  'oracle:logon': { refuse: new OracleError(1033), throttle: new OracleError(18) },
};
const CALL_DEFAULTS = { refuse: new OracleError(604), throttle: new OracleError(2393) };

/** The error that a fault answers a call with; undefined for a fault that lets it take effect or never answers. */
export function faultError(call: string, fault: Fault | undefined): OracleError | undefined {
  const defaults = DEFAULTS[call] ?? CALL_DEFAULTS;
  if (fault?.kind === 'throttle') return defaults.throttle;
  if (fault?.kind !== 'refuse') return undefined;
  return fault.code === undefined ? defaults.refuse : OracleError.ofCode(fault.code, fault.message);
}

/** Whether the call takes no effect because nobody ever gets to read it. */
export function isUnread(fault: Fault | undefined): boolean {
  return fault?.kind === 'loseRequest' || fault?.kind === 'hang';
}
