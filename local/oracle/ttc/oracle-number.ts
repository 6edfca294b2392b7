const PAIRS_MAX = 20;
const POINT = 192;
const ZERO = 0x80;
const NEGATIVE_END = 102;

/** A number in Oracle's own form: pairs of decimal digits, aligned on the decimal point, after an exponent. */
export function encodeNumber(value: number): Buffer {
  if (value === 0) return Buffer.from([ZERO]);
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  let digits = mantissa.replace('.', '');
  let beforePoint = Number(exponent) + 1;
  if (beforePoint % 2 !== 0) {
    digits = `0${digits}`;
    beforePoint += 1;
  }
  const pairs = (digits.match(/..?/g) ?? []).map((pair) => Number(pair.padEnd(2, '0')));
  const head = POINT + beforePoint / 2;
  if (value > 0) return Buffer.from([head, ...pairs.map((pair) => pair + 1)]);
  const end = pairs.length < PAIRS_MAX ? [NEGATIVE_END] : [];
  return Buffer.from([~head & 0xff, ...pairs.map((pair) => 101 - pair), ...end]);
}

/** The opposite of `encodeNumber`, as near as a number comes. */
export function decodeNumber(bytes: Buffer): number {
  const head = bytes[0] ?? ZERO;
  if (head === ZERO) return 0;
  const isNegative = head < ZERO;
  const body = [...bytes.subarray(1)].filter((byte) => !isNegative || byte !== NEGATIVE_END);
  const pairs = body.map((byte) => (isNegative ? 101 - byte : byte - 1));
  const digits = pairs.map((pair) => String(pair).padStart(2, '0')).join('');
  const exponent = ((isNegative ? ~head & 0xff : head) - POINT) * 2;
  return Number(`${isNegative ? '-' : ''}0.${digits}e${exponent}`);
}
