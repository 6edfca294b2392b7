import type { CampaignResult } from './campaign.ts';
import type { Fault } from './fault.ts';
import type { RecordedPoint } from './world.ts';

/** What became of one server's lines. */
export interface EndpointCount {
  readonly endpoint: string;
  /** In one rotation. */
  readonly points: number;
  /** That struck. */
  readonly faults: number;
  readonly retried: number;
  readonly missed: number;
}

const NAME_WIDTH = 16;
const NUMBER_WIDTH = 9;
const COLUMNS = ['points', 'faults', 'retried', 'missed'] as const;

export const TABLE_HEAD = `${'endpoint'.padEnd(NAME_WIDTH)}${COLUMNS.map((column) => column.padStart(NUMBER_WIDTH)).join('')}`;

export function countByEndpoint(
  points: readonly RecordedPoint[],
  { struck, retried, missed }: Omit<CampaignResult, 'rotations' | 'violations'>,
): readonly EndpointCount[] {
  return [...new Set(points.map(({ endpoint }) => endpoint))].sort().map((endpoint) => {
    const count = (faults: readonly Fault[]): number =>
      faults.filter(({ point }) => point.endpoint === endpoint).length;
    return {
      endpoint,
      points: points.filter((point) => point.endpoint === endpoint).length,
      faults: count(struck),
      retried: count(retried),
      missed: count(missed),
    };
  });
}

export function tableRow(count: EndpointCount): string {
  const numbers = COLUMNS.map((column) => String(count[column]).padStart(NUMBER_WIDTH));
  return `${count.endpoint.padEnd(NAME_WIDTH)}${numbers.join('')}`;
}
