import { OciServiceError } from './service-error.ts';

/** A part of a list, and what `page` must be for the part after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPage: string | undefined;
}

const LIMIT = { name: 'limit', from: 1, to: 1000 };

/**
 * Cuts the page that `limit` and `page` ask for out of `items`. The page token is opaque to clients.
 *
 * @throws OciServiceError InvalidParameter.
 */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
  defaultLimit: number,
): Page<T> {
  const asked = query.get('limit');
  const limit = asked === null ? defaultLimit : integer(asked, LIMIT);
  const start = offset(query.get('page'));
  const end = start + limit;
  return {
    items: items.slice(start, end),
    nextPage: end < items.length ? Buffer.from(`offset:${end}`).toString('base64url') : undefined,
  };
}

/**
 * Sorts `items`, which come newest first: that is the services' default. Sorting secrets by NAME is refused, not ignored:
 * it is not modelled.
 */
export function sorted<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const by = query.get('sortBy') ?? 'VERSION_NUMBER';
  if (by !== 'VERSION_NUMBER' && by !== 'TIMECREATED') {
    throw new OciServiceError('InvalidParameter', `sortBy ${by} is not known`);
  }
  const order = query.get('sortOrder') ?? 'DESC';
  if (order === 'DESC') return items;
  if (order === 'ASC') return items.toReversed();
  throw new OciServiceError('InvalidParameter', 'sortOrder must be ASC or DESC');
}

/** A whole number within bounds. */
export function integer(
  text: string,
  bounds: { readonly name: string; readonly from: number; readonly to: number },
): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= bounds.from && number <= bounds.to) return number;
  throw new OciServiceError(
    'InvalidParameter',
    `${bounds.name} must be a whole number from ${bounds.from} to ${bounds.to}`,
  );
}

function offset(page: string | null): number {
  if (page === null) return 0;
  const match = /^offset:(\d+)$/.exec(Buffer.from(page, 'base64url').toString());
  if (match === null) throw new OciServiceError('InvalidParameter', 'page is not valid');
  return Number(match[1]);
}
