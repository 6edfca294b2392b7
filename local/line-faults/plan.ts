import { createHash } from 'node:crypto';
import type { Point } from './point.ts';
import { faultText, KINDS, type Fault, type Kind } from './fault.ts';

/**
 * One point in so many suffers a fault of the kind. A silence lasts until a deadline of the function, in real time, so
 * only some points have one.
 */
const ONE_POINT_IN: Readonly<Record<Kind, number>> = {
  cut: 1,
  kill: 1,
  vanish: 4,
  delay: 12,
  blackhole: 12,
};

/**
 * The faults of a full run: every point cut and killed at, and of the other kinds a share that the seed chooses.
 *
 * The order is the seed's too, and what it does with one fault does not hang on which others there are.
 */
export function planFaults(points: readonly Point[], seed: string): readonly Fault[] {
  const faults = KINDS.flatMap((kind) =>
    points.map((point) => ({ kind, point })).filter((fault) => isInShare(fault, seed)),
  );
  return ordered(faults, seed);
}

/**
 * The first faults of a plan, chosen so that no endpoint crowds out the others: each has a part of the sample that grows
 * with the square root of its part of the plan.
 */
export function sampleOf(faults: readonly Fault[], count: number): readonly Fault[] {
  const sizes = new Map<string, number>();
  const ranked = faults.map((fault) => {
    const rank = sizes.get(fault.point.endpoint) ?? 0;
    sizes.set(fault.point.endpoint, rank + 1);
    return { fault, rank };
  });
  const places = ranked.map(({ fault, rank }) => {
    const size = sizes.get(fault.point.endpoint) ?? 1;
    return { fault, place: (rank + 0.5) / Math.sqrt(size) };
  });
  return places
    .sort((one, other) => one.place - other.place)
    .slice(0, count)
    .map(({ fault }) => fault);
}

function isInShare(fault: Fault, seed: string): boolean {
  return (
    Number.parseInt(digest(`share ${seed} ${faultText(fault)}`), 16) % ONE_POINT_IN[fault.kind] ===
    0
  );
}

function ordered(faults: readonly Fault[], seed: string): readonly Fault[] {
  return faults
    .map((fault) => ({ fault, key: digest(`order ${seed} ${faultText(fault)}`) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ fault }) => fault);
}

/** 48 bits, in hexadecimal. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
