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
export interface IndexedRefusal extends Refusal {
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
export function refusalKey(
  prefix: string,
  { subject, timeMs, requestId }: IndexedRefusal,
  number: number,
): string {
  const inverted = String(TIME_MAX - timeMs).padStart(TIME_DIGITS, '0');
  return `${refusalsPrefix(prefix)}${inverted}/${subject}/${encodeURIComponent(requestId)}-${number}`;
}

/** What a key stands for, or undefined where `refusalKey` made no such key. */
export function refusalOfKey(prefix: string, key: string): IndexedRefusal | undefined {
  const start = refusalsPrefix(prefix);
  const [inverted = '', subject, id, ...rest] = key.slice(start.length).split('/');
  if (!key.startsWith(start) || !/^\d{13}$/.test(inverted)) return undefined;
  const { request } = /^(?<request>.+)-\d+$/.exec(id ?? '')?.groups ?? {};
  if (subject === undefined || request === undefined || rest.length > 0) return undefined;
  return { subject, timeMs: TIME_MAX - Number(inverted), requestId: decodedOr(request) };
}

/** Anybody who can write to the bucket may have written the key. */
function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
