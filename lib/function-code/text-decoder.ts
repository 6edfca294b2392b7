import { TextDecoder } from 'node:util';

/** Names of mysql2 that Node does not know, beside those that it knows (WHATWG Encoding, section 4.2). */
const NODE_NAMES: Readonly<Record<string, string>> = {
  cesu8: 'utf-8',
  cp932: 'shift_jis',
  eucjp: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  latin7: 'iso-8859-13',
  macroman: 'macintosh',
  tis620: 'windows-874',
  utf16: 'utf-16be',
  'utf16-le': 'utf-16le',
};

/** What mysql2 asks of iconv-lite. */
export interface StreamDecoder {
  write(bytes: Uint8Array): string;
  end(): string;
}

/**
 * Stands for iconv-lite in mysql2; see substitutes.ts. A server that ignores the character set that a client asks for
 * (`skip-character-set-client-handshake`) answers in its own, and Node can read all but a few.
 *
 * In those few, ASCII reads right and other letters do not: a user of such a name is refused by the check of the user.
 */
export function getDecoder(encoding: string): StreamDecoder {
  const decoder = decoderOf(encoding);
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(NODE_NAMES[encoding] ?? encoding);
  } catch {
    return new TextDecoder('latin1');
  }
}
