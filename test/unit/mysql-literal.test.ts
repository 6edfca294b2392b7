import { literal } from '../../lambda/adapters/mysql-literal.ts';

test.each([
  ['Plain_password_01', "'Plain_password_01'", "'Plain_password_01'"],
  ["it's", "'it''s'", "'it''s'"],
  ['back\\slash', "'back\\\\slash'", "'back\\slash'"],
  ["\\'", "'\\\\'''", "'\\'''"],
  ['', "''", "''"],
  ['"`?%_;', "'\"`?%_;'", "'\"`?%_;'"],
])(
  'writes %j for servers that do and do not take a backslash for an escape',
  (text, escaping, plain) => {
    expect(literal(text, 'ANSI_QUOTES,STRICT_TRANS_TABLES')).toBe(escaping);
    expect(literal(text, '')).toBe(escaping);
    expect(literal(text, 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES')).toBe(plain);
  },
);
