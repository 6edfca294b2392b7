import type { Finding, FindingOutcome } from '../lambda/inspection/finding.ts';
import type { Colours } from './colours.ts';
import type { Outcome } from './outcome.ts';

/** A warning is for later; what could not be checked is neither well nor wrong. */
export function endingOf(findings: readonly Finding[]): Outcome['ending'] {
  if (findings.some(({ outcome }) => outcome === 'failure')) return 'failed';
  return findings.some(({ outcome }) => outcome === 'unchecked') ? 'unreachable' : 'fine';
}

/** The findings for people: what is wrong first, and with each what to do. */
export function doctorText(name: string, findings: readonly Finding[], colours: Colours): string {
  const signs: Readonly<Record<FindingOutcome, string>> = {
    failure: colours.red('✖'),
    unchecked: colours.cyan('?'),
    warning: colours.yellow('!'),
    ok: colours.green('✔'),
  };
  const lines = Object.entries(signs).flatMap(([outcome, sign]) =>
    findings
      .filter((finding) => finding.outcome === outcome)
      .map(({ check, subject, found, remedy }) => {
        const next = remedy === undefined ? '' : `\n    Next: ${remedy}`;
        return `${sign} ${colours.bold(check)}  ${subject}: ${found}${next}`;
      }),
  );
  return [...lines, '', summaryText(name, findings)].join('\n');
}

const WORDS: readonly (readonly [FindingOutcome, string])[] = [
  ['failure', 'failed'],
  ['unchecked', 'could not be checked'],
  ['warning', 'warned'],
  ['ok', 'ok'],
];

function summaryText(name: string, findings: readonly Finding[]): string {
  const counts = WORDS.map(
    ([outcome, word]) =>
      [findings.filter((finding) => finding.outcome === outcome).length, word] as const,
  ).filter(([count]) => count > 0);
  return `${name}: ${counts.map(([count, word]) => `${count} ${word}`).join(', ')}`;
}
