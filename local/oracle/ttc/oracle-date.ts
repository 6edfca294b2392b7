/** A DATE, which knows no time zone: the server's, which is UTC. Milliseconds are cut off. */
export function encodeDate(date: Date): Buffer {
  const year = date.getUTCFullYear();
  return Buffer.from([
    Math.trunc(year / 100) + 100,
    (year % 100) + 100,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours() + 1,
    date.getUTCMinutes() + 1,
    date.getUTCSeconds() + 1,
  ]);
}
