import type { Claims } from '../jwt.ts';

const RULE = /^(\S+) (eq|co) (?:'([^']*)'|(\S+))$/;

/**
 * Whether a rule of a trust's service user, `<claim> eq|co <value>`, fits the claims: only claims that are strings, and
 * `*` for any run of characters with `eq` (OCI, Token Exchange Grant Type). Whether the value is quoted is all the same;
 * OCI's examples have both.
 */
export function ruleFits(rule: string, claims: Claims): boolean {
  const [, name = '', operator, quoted, bare] = RULE.exec(rule) ?? [];
  const value = quoted ?? bare;
  const claim = claims[name];
  if (value === undefined || typeof claim !== 'string') return false;
  if (operator === 'co') return claim.includes(value);
  const pattern = value.split('*').map(escaped).join('.*');
  return new RegExp(`^${pattern}$`, 's').test(claim);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
