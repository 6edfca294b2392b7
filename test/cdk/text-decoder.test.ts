import { getDecoder } from '../../lib/function-code/text-decoder.ts';

describe('text from a server with a character set of its own', () => {
  test.each([
    ['cesu8', 'e282ac', '€'],
    ['latin2', 'b1', 'ą'],
    ['cp1251', 'e6', 'ж'],
    ['koi8r', 'd6', 'ж'],
    ['sjis', '82a0', 'あ'],
    ['cp932', '82a0', 'あ'],
    ['eucjp', 'a4a2', 'あ'],
    ['gbk', 'd6d0', '中'],
    ['big5', 'a4a4', '中'],
    ['euckr', 'c7d1', '한'],
    ['utf16', '00e4', 'ä'],
    ['utf16-le', 'e400', 'ä'],
  ])('reads %s', (encoding, hex, text) => {
    const decoder = getDecoder(encoding);

    expect(decoder.write(Buffer.from(hex, 'hex')) + decoder.end()).toBe(text);
  });

  test('reads a letter that comes in two parts, and twice with one decoder', () => {
    const decoder = getDecoder('gbk');

    const parts = ['d6', 'd0'].map((hex) => decoder.write(Buffer.from(hex, 'hex')));
    expect(parts.join('') + decoder.end()).toBe('中');
    expect(decoder.write(Buffer.from('d6d0', 'hex')) + decoder.end()).toBe('中');
  });

  test('reads ASCII of a character set that Node does not know', () => {
    const decoder = getDecoder('armscii8');

    expect(decoder.write(Buffer.from('app@%', 'latin1')) + decoder.end()).toBe('app@%');
  });
});
