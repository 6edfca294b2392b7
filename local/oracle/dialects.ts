/** Ways of speaking that differ on the wire: an older server, a new one, a new one whose logon takes more round trips. */
export const DIALECTS = ['19c', '23ai', '23ai-classic'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface DialectTraits {
  /** Version of Oracle Net, told in ACCEPT. */
  readonly netVersion: number;
  /** Version of TTC's messages; the lower of the client's and the server's counts. */
  readonly fieldVersion: number;
  /** Whether every response ends with a message of its own. */
  readonly hasEndOfResponse: boolean;
  /** Whether negotiation and the first half of the logon are one message. */
  readonly hasFastAuth: boolean;
  readonly banner: string;
  /** Major, release, update, port, port update. */
  readonly databaseVersion: readonly [number, number, number, number, number];
}

const NEW_SERVER: DialectTraits = {
  netVersion: 319,
  fieldVersion: 24,
  hasEndOfResponse: true,
  hasFastAuth: true,
  banner: 'Linux x86 64-bit 23ai stand-in',
  databaseVersion: [23, 9, 0, 25, 7],
};

export const TRAITS: Readonly<Record<Dialect, DialectTraits>> = {
  '19c': {
    netVersion: 318,
    fieldVersion: 12,
    hasEndOfResponse: false,
    hasFastAuth: false,
    banner: 'Linux x86 64-bit 19c stand-in',
    databaseVersion: [19, 24, 0, 0, 0],
  },
  '23ai': NEW_SERVER,
  '23ai-classic': { ...NEW_SERVER, hasFastAuth: false },
};
