/**
 * How an application comes by its password:
 * - `uncached`: reads AWSCURRENT before every connection;
 * - `cached`: reads it again when what it holds is older than the cache's time to live;
 * - `refresh`: holds what it has read until a login is refused, then reads again and tries once more, once.
 */
export const CLIENT_MODES = ['uncached', 'cached', 'refresh'] as const;
export type ClientMode = (typeof CLIENT_MODES)[number];
