import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Colours } from './colours.ts';
import { durationText } from './duration-text.ts';
import type { RotationTarget } from './rotation-target.ts';

/** `late`: the next rotation was due and did not come. `off`: the secret is not rotated at all. */
export type RowState = 'done' | 'under-way' | 'late' | 'off' | 'unknown';

/** One rotation, as Secrets Manager describes its secret. Times are ISO 8601 in UTC. */
export interface Row {
  readonly name: string;
  readonly state: RowState;
  readonly ageMs: number | undefined;
  readonly rotatedAt: string | undefined;
  readonly nextAt: string | undefined;
  readonly problem: string | undefined;
}

const READS_AT_ONCE = 8;

/** Describes the secret of every rotation, none of which can stop the others. Needs secretsmanager:DescribeSecret. */
export async function readRows(
  client: SecretsManagerClient,
  { targets, nowMs }: { readonly targets: readonly RotationTarget[]; readonly nowMs: number },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let first = 0; first < targets.length; first += READS_AT_ONCE) {
    const some = targets.slice(first, first + READS_AT_ONCE);
    rows.push(...(await Promise.all(some.map((target) => readRow(client, { target, nowMs })))));
  }
  return rows;
}

async function readRow(
  client: SecretsManagerClient,
  { target, nowMs }: { readonly target: RotationTarget; readonly nowMs: number },
): Promise<Row> {
  const { name, config } = target;
  try {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: config.secretArn }));
    const { LastRotatedDate: rotated, CreatedDate: created, NextRotationDate: next } = secret;
    const since = rotated ?? created;
    return {
      name,
      state: stateOf(secret, nowMs),
      ageMs: since === undefined ? undefined : nowMs - since.getTime(),
      rotatedAt: rotated?.toISOString(),
      nextAt: next?.toISOString(),
      problem: undefined,
    };
  } catch (error) {
    const problem = error instanceof Error ? error.name : 'no answer';
    const unknown = { ageMs: undefined, rotatedAt: undefined, nextAt: undefined };
    return { name, state: 'unknown', ...unknown, problem };
  }
}

function stateOf(
  secret: {
    readonly RotationEnabled?: boolean | undefined;
    readonly NextRotationDate?: Date | undefined;
    readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>> | undefined;
  },
  nowMs: number,
): RowState {
  const labels = Object.values(secret.VersionIdsToStages ?? {});
  const isUnderWay = labels.some(
    (held) => held.includes('AWSPENDING') && !held.includes('AWSCURRENT'),
  );
  if (isUnderWay) return 'under-way';
  if (secret.RotationEnabled !== true) return 'off';
  const next = secret.NextRotationDate?.getTime();
  return next !== undefined && next < nowMs ? 'late' : 'done';
}

const STATE_TEXT: Readonly<Record<RowState, string>> = {
  done: 'ended',
  'under-way': 'under way',
  late: 'LATE',
  off: 'OFF',
  unknown: 'unknown',
};

/** The rotations as a table, a line each. */
export function tableText(rows: readonly Row[], colours: Colours): string {
  if (rows.length === 0) return 'There is no rotation in this account and region.';
  const lines = rows.map(({ name, state, ageMs, nextAt, problem }) => [
    name,
    STATE_TEXT[state],
    ageMs === undefined ? '–' : durationText(ageMs),
    nextAt?.slice(0, 10) ?? '–',
    problem ?? '',
  ]);
  const head = ['ROTATION', 'STATE', 'AGE', 'NEXT BY', ''];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  const text = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [colours.bold(text(head)), ...lines.map(text)].join('\n');
}
