/** Which password a database has, or which version a vault shows to readers. */
export type LaneState = 'old' | 'pending' | 'new';

const AFTER: ReadonlyMap<string, LaneState> = new Map<string, LaneState>([
  ['staged', 'pending'],
  ['changed', 'new'],
  ['proven', 'new'],
  ['promoted', 'new'],
  ['mirror-levelled', 'new'],
  ['restored', 'old'],
  ['pending-removed', 'old'],
]);

/** The state after an event; what does not say so leaves it as it was. */
export function stateAfter(event: string, before: LaneState): LaneState {
  return AFTER.get(event) ?? before;
}
