import { pointText, SIDES, type Point } from './point.ts';

/**
 * What happens at a point:
 * - `cut`: both ends of the connection are reset.
 * - `kill`: the function's process is killed with SIGKILL; the servers see its connections end.
 * - `vanish`: the same, and no server ever hears of it: as when the machine under the function is gone.
 * - `blackhole`: the connection stays open and silent for both, until the rotation is over.
 * - `delay`: nothing moves on the connection for a while.
 */
export const KINDS = ['cut', 'kill', 'vanish', 'blackhole', 'delay'] as const;
export type Kind = (typeof KINDS)[number];

export interface Fault {
  readonly kind: Kind;
  readonly point: Point;
}

const NUMBER = String.raw`(\d+)`;
const FAULT = new RegExp(
  `^(${KINDS.join('|')})@([A-Za-z]+)/([a-z0-9]+)/${NUMBER}\\.${NUMBER}/(${SIDES.join('|')})$`,
);

/** `kill@setSecret/postgres/2.5/after`. */
export function faultText({ kind, point }: Fault): string {
  return `${kind}@${pointText(point)}`;
}

/** @throws {Error} when the text is not one of `faultText` */
export function parseFault(text: string): Fault {
  const [, kind, step, endpoint, connection, exchange, side] = FAULT.exec(text) ?? [];
  if (step === undefined || endpoint === undefined) {
    throw new Error(`expected a fault such as kill@setSecret/postgres/2.5/after: ${text}`);
  }
  return {
    kind: kind as Kind,
    point: {
      step,
      endpoint,
      connection: Number(connection),
      exchange: Number(exchange),
      side: side as Point['side'],
    },
  };
}
