import type { RotationStep } from '../../../local/aws/rotation-events.ts';

/** One call of a rotation: the `occurrence`th of its name, counted from 1 at the start of the rotation. */
export interface Position {
  readonly step: RotationStep;
  readonly call: string;
  readonly occurrence: number;
}

/** Where in the journal of calls each step began. */
export interface StepStart {
  readonly step: RotationStep;
  readonly index: number;
}

/** What only looks at a vault, and at a database; and an entry of the trail, which is added like any other. */
const READ = /^(oci|secretsmanager):(Get|List|Describe)|^s3:PutObject$/;
/** A look at the trail or at its key: repeating it is tested with their adapters, and changes nothing elsewhere. */
const LOOK_AT_TRAIL = /^s3:(Get|List)|^ssm:/;
const QUERY = /^(oracle:execute|postgres:query:SELECT)$/;

/** Every call of one rotation, told by the journal of calls and by where the steps began in it. */
export function positionsOf(calls: readonly string[], starts: readonly StepStart[]): Position[] {
  const seen = new Map<string, number>();
  return starts.flatMap(({ step, index }, order) =>
    calls.slice(index, starts[order + 1]?.index).map((call) => {
      const occurrence = (seen.get(call) ?? 0) + 1;
      seen.set(call, occurrence);
      return { step, call, occurrence };
    }),
  );
}

/**
 * Whether a position is run: every write to a vault and every call of a database. Of what only looks, and of the trail's
 * entries, the first of its kind in a step stands for the others; in setSecret a database's queries stand for themselves.
 */
export function isOwnCase(position: Position, all: readonly Position[]): boolean {
  const { step, call } = position;
  if (LOOK_AT_TRAIL.test(call)) return false;
  const hasLikes = READ.test(call) || (QUERY.test(call) && step !== 'setSecret');
  if (!hasLikes) return true;
  return all.find((one) => one.step === step && one.call === call) === position;
}

/** The positions of `all` that are not among `known`. */
export function without(all: readonly Position[], known: readonly Position[]): readonly Position[] {
  return all.filter(
    ({ call, occurrence }) =>
      !known.some((one) => one.call === call && one.occurrence === occurrence),
  );
}

/** A line for each step: `setSecret: oracle:logon 1 2, s3:PutObject 3 4 5`. */
export function described(positions: readonly Position[]): string {
  const lines = grouped(positions, ({ step }) => step).map(([step, inStep]) => {
    const calls = grouped(inStep, ({ call }) => call).map(
      ([call, same]) => `${call} ${same.map(({ occurrence }) => occurrence).join(' ')}`,
    );
    return `  ${step}: ${calls.join(', ')}\n`;
  });
  return lines.join('');
}

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  const keys = [...new Set(items.map(keyOf))];
  return keys.map((key) => [key, items.filter((item) => keyOf(item) === key)] as const);
}
