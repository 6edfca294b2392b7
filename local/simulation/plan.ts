import { FAULT_KINDS, type FaultKind } from './fault-kind.ts';

/** What other people and time do between two calls of the function. */
export const ACTS = [
  'drop-pending',
  'drop-previous',
  'save-again',
  'swap-labels',
  'wait-an-hour',
  'wait-a-day',
  'duplicate',
] as const;
export type Act = (typeof ACTS)[number];

/** What can be out of reach for several attempts. */
export const OUTAGES = ['oci', 'rds', 'adb', 'secrets-manager', 'audit'] as const;
export type Outage = (typeof OUTAGES)[number];

/** One thing that goes wrong. Calls and processes are counted from 0, over a whole run. */
export type Incident =
  | { readonly call: number; readonly fault: FaultKind }
  /** From that call on, until so many processes have begun since. */
  | { readonly call: number; readonly outage: Outage; readonly processes: number }
  /** Before that process begins; `duplicate`: a second one beside it. */
  | { readonly process: number; readonly act: Act };

export type Plan = readonly Incident[];

/** A plan on a command line: `12:loseReply,30:outage-oci-4,p3:drop-pending`. */
export function formatPlan(plan: Plan): string {
  return plan.map(formatIncident).join(',');
}

function formatIncident(incident: Incident): string {
  if ('fault' in incident) return `${incident.call}:${incident.fault}`;
  if ('act' in incident) return `p${incident.process}:${incident.act}`;
  return `${incident.call}:outage-${incident.outage}-${incident.processes}`;
}

/** @throws RangeError when a part is no incident */
export function parsePlan(text: string): Plan {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map(parseIncident);
}

function parseIncident(text: string): Incident {
  const {
    place = '',
    at = '',
    what = '',
  } = /^(?<place>p?)(?<at>\d+):(?<what>[A-Za-z0-9-]+)$/.exec(text)?.groups ?? {};
  const number = Number(at);
  const act = ACTS.find((one) => one === what);
  if (place === 'p' && act !== undefined) return { process: number, act };
  const fault = FAULT_KINDS.find((one) => one === what);
  if (place === '' && fault !== undefined) return { call: number, fault };
  const parts = /^outage-(?<name>.+)-(?<count>\d+)$/.exec(what)?.groups ?? {};
  const outage = OUTAGES.find((one) => one === parts['name']);
  if (place === '' && outage !== undefined) {
    return { call: number, outage, processes: Number(parts['count']) };
  }
  throw new RangeError(`expected a part such as 12:loseReply or p3:drop-pending, not "${text}"`);
}

/** Whether a call is of what is out of reach. */
export function isOf(outage: Outage, call: string): boolean {
  const service = call.slice(0, call.indexOf(':'));
  switch (outage) {
    case 'oci':
      return service === 'oci';
    case 'rds':
      return ['postgres', 'mysql', 'mariadb'].includes(service);
    case 'adb':
      return service === 'oracle';
    case 'secrets-manager':
      return service === 'secretsmanager';
    case 'audit':
      return ['s3', 'ssm', 'audit'].includes(service);
  }
}
