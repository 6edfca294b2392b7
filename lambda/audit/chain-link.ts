import { GENESIS, type Entry } from './entry.ts';

/** An entry as the next one sees it. */
export interface ChainLink {
  readonly sequence: number;
  readonly mac: string;
}

/** What the first entry follows. */
export const GENESIS_LINK: ChainLink = { sequence: 0, mac: GENESIS };

/** The fields by which an entry follows `tip`. */
export function linkAfter(tip: ChainLink): Pick<Entry, 'sequence' | 'previous'> {
  return { sequence: tip.sequence + 1, previous: tip.mac };
}
