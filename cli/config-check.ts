import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ConfigError } from '../config/parse.ts';
import { RotationsFile, type RotationEntry } from '../config/rotations-file.ts';
import { readCaBundles } from '../lib/ca-bundle.ts';
import { endingCertificates } from '../lib/certificate-end.ts';
import { RotationStack } from '../lib/rotation-stack.ts';
import { checkSchedule } from '../lib/schedule-limits.ts';
import { checkPlace } from '../lib/secret-place.ts';
import { SynthesisError } from '../lib/synthesis-error.ts';
import { CommandError } from './command-error.ts';

/** A certificate authority takes months to replace everywhere. */
const CA_DAYS_LEFT_MIN = 90;

/** One thing that is wrong with a file of rotations, or soon will be. */
export interface Finding {
  readonly severity: 'failure' | 'warning';
  /** Where it is in the document: `rotations.0.databases.1.trust`; `orders.schedule` once the name is known. */
  readonly place: string;
  readonly message: string;
}

export interface ConfigReport {
  readonly rotationNames: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Checks a file of rotations against the schema, then by every rule that synthesis has and that needs no account.
 *
 * @throws CommandError when the file cannot be read
 */
export function checkRotationsFile(
  file: string,
  { nowMs }: { readonly nowMs: number },
): ConfigReport {
  const parsed = RotationsFile.safeParse(parse(readText(file)));
  if (!parsed.success) {
    const findings = parsed.error.issues.map(({ path: place, message }) =>
      failure(place.length > 0 ? place.join('.') : 'the document', message),
    );
    return { rotationNames: [], findings };
  }
  const { rotations } = parsed.data;
  return {
    rotationNames: rotations.map(({ name }) => name),
    findings: rotations.flatMap((entry) =>
      checkEntry(entry, { folder: path.dirname(file), nowMs }),
    ),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandError(`cannot read ${file}`, {
      remedy: 'name the file of rotations; rotations.example.json shows what one looks like',
      ending: 'unreachable',
    });
  }
}

/** The parser's own message quotes the text, which is nobody's business. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError('the file of rotations is not valid JSON', {
      remedy: 'mend it; an editor that knows JSON shows the place',
    });
  }
}

interface Circumstances {
  readonly folder: string;
  readonly nowMs: number;
}

function checkEntry(entry: RotationEntry, circumstances: Circumstances): readonly Finding[] {
  const { name, schedule } = entry;
  const findings = [
    ...refusals(name, () => {
      checkPlace(entry);
    }),
    ...refusals(`${name}.schedule`, () => {
      if (schedule !== undefined) checkSchedule({ rotationName: name, ...schedule });
    }),
    ...entry.databases.flatMap((database) =>
      checkCertificates(`${name}.databases.${database.name}`, database, circumstances),
    ),
  ];
  const warnings = [...findings, ...checkAlarms(entry)];
  // What synthesis refuses beyond that has no place of its own; it stops at the first.
  if (findings.some(({ severity }) => severity === 'failure')) return warnings;
  return [
    ...warnings,
    ...refusals(name, () => {
      synthesize(entry, circumstances);
    }),
  ];
}

function checkCertificates(
  place: string,
  database: RotationEntry['databases'][number],
  { folder, nowMs }: Circumstances,
): readonly Finding[] {
  const findings: Finding[] = [];
  const refused = refusals(`${place}.trust`, () => {
    for (const { pem } of readCaBundles([database], folder)) {
      for (const { subject, lastDay, daysLeft } of endingCertificates(pem, {
        nowMs,
        withinDays: CA_DAYS_LEFT_MIN,
      })) {
        const message = `the certificate "${subject}" ${daysLeft < 0 ? 'ended' : 'ends'} on ${lastDay}`;
        findings.push({ severity: 'warning', place: `${place}.trust`, message });
      }
    }
  });
  return [...refused, ...findings];
}

function checkAlarms({ name, alarms }: RotationEntry): readonly Finding[] {
  if (alarms !== undefined) return [];
  const message = 'left out: nobody is told when it fails';
  return [{ severity: 'warning', place: `${name}.alarms`, message }];
}

function synthesize(rotation: RotationEntry, { folder }: Circumstances): void {
  const app = new App({ analyticsReporting: false });
  // What the code is, is nothing to check here; bundling it would take seconds.
  const code = Code.fromInline('exports.handler = undefined;');
  new RotationStack(app, 'Check', {
    rotation,
    folder,
    code,
    inspectorCode: code,
    noticeCode: code,
  });
}

function refusals(place: string, check: () => void): readonly Finding[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof SynthesisError || error instanceof ConfigError)) throw error;
    return [failure(place, error.message)];
  }
}

function failure(place: string, message: string): Finding {
  return { severity: 'failure', place, message };
}
