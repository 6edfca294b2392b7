export const SIDES = ['before', 'after'] as const;
/**
 * `before`: what the function sends is held, no server has heard of it. `after`: the server has answered, so whatever was
 * asked has taken effect, and the answer is held.
 */
export type Side = (typeof SIDES)[number];

/**
 * One moment of a rotation at which its line to a server can fail.
 *
 * An exchange is what the function sends until the server answers; TLS hides more than that. Connections are counted from
 * 1 in the order of their first exchange in the step, exchanges from 1 in each connection and step; 0 is a connection on
 * which the server speaks first.
 */
export interface Point {
  /** The step of the rotation, as the service names it. */
  readonly step: string;
  /** As the server is called in fault plans: `postgres`, `secretsmanager`. */
  readonly endpoint: string;
  readonly connection: number;
  readonly exchange: number;
  readonly side: Side;
}

/** `setSecret/postgres/2.5/after`: exchange 5 of connection 2. */
export function pointText({ step, endpoint, connection, exchange, side }: Point): string {
  return `${step}/${endpoint}/${connection}.${exchange}/${side}`;
}
