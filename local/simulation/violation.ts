/**
 * What can be broken. The numbers are those of the promises in docs/ARCHITECTURE.md; beside them:
 * - `overlap`: no call of the function makes a database refuse AWSCURRENT that keeps its password or has users alternate.
 * - `logins`: where nothing fails no login is refused, and no account is ever locked.
 * - `end`: once faults have stopped, a rotation ends well, or says what a person must do, and then ends well.
 */
export const PROMISES = ['1', '2', '3', '5', '6', '7', 'overlap', 'logins', 'end'] as const;

export type Promised = (typeof PROMISES)[number];

export interface Violation {
  readonly promise: Promised;
  readonly finding: string;
  /** How many calls had been made. */
  readonly call: number;
}
