/** Time in milliseconds has so many digits until the year 2286. */
const TIME_DIGITS = 13;
const TIME_MAX = 10 ** TIME_DIGITS - 1;

/** A refused login as the index has it. */
export interface Refusal {
  /** The database that refused. */
  readonly subject: string;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
}

/** A refusal with the invocation that met it. */
export interface KnownRefusal extends Refusal {
  readonly requestId: string;
}

/** What the keys of the index of refused logins begin with. @param prefix of the trail, ending in `/` */
export function refusalsPrefix(prefix: string): string {
  return `${prefix}refused-logins/`;
}

/**
 * The key of an object that stands for one refused login: `<prefix>refused-logins/<inverted>/<database>/<request>-<n>`.
 *
 * Every step asks how many logins were refused of late. Keys that tell are one listing; entries would have to be read
 * one by one. The time is inverted so that the newest is listed first.
 *
 * @param number tells apart what one invocation is refused within a millisecond
 */
export function refusalKey(prefix: string, refusal: KnownRefusal, number: number): string {
  return `${refusalStem(prefix, refusal)}-${number}`;
}

/** The key without its number: as much of it as the entry of the same refusal tells. */
export function refusalStem(prefix: string, { subject, timeMs, requestId }: KnownRefusal): string {
  const inverted = String(TIME_MAX - timeMs).padStart(TIME_DIGITS, '0');
  return `${refusalsPrefix(prefix)}${inverted}/${subject}/${encodeURIComponent(requestId)}`;
}

/** `refusalStem` of a key. A key that `refusalKey` did not make has one that no entry has. */
export function stemOfKey(key: string): string {
  return key.replace(/-\d+$/, '');
}

/** What a key stands for, or undefined where `refusalKey` made no such key. */
export function refusalOfKey(prefix: string, key: string): Refusal | undefined {
  const start = refusalsPrefix(prefix);
  const [inverted = '', subject, id, ...rest] = key.slice(start.length).split('/');
  if (!key.startsWith(start) || !/^\d{13}$/.test(inverted)) return undefined;
  if (subject === undefined || id === undefined || rest.length > 0) return undefined;
  return { subject, timeMs: TIME_MAX - Number(inverted) };
}
