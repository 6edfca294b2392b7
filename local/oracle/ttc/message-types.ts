/** First bytes of TTC's messages. */
export const MESSAGE = {
  protocol: 1,
  dataTypes: 2,
  function: 3,
  error: 4,
  rowHeader: 6,
  rowData: 7,
  parameter: 8,
  status: 9,
  warning: 15,
  describe: 16,
  piggyback: 17,
  oneWay: 26,
  endOfResponse: 29,
  fastAuth: 34,
} as const;

/** What a function message asks for. */
export const FUNCTION = {
  reexecute: 4,
  fetch: 5,
  logoff: 9,
  commit: 14,
  rollback: 15,
  reexecuteAndFetch: 78,
  execute: 94,
  authPhaseTwo: 115,
  authPhaseOne: 118,
  ping: 147,
} as const;

/** What a piggyback, a message in front of a function, asks for. */
export const PIGGYBACK = {
  closeCursors: 105,
  cancelCursors: 120,
  endToEndAttributes: 135,
  setSchema: 152,
} as const;

/** Field versions from which on messages have more fields. */
export const FIELD_VERSION = {
  v12_2: 8,
  v12_2_1: 9,
  v18_1: 11,
  v19_1_1: 13,
  v20_1: 14,
  v23_1: 17,
  v23_1_1: 18,
  v23_1_3: 20,
  v23_4: 24,
} as const;

export const TYPE = { text: 1, number: 2, date: 12, fixedText: 96 } as const;
export const CHARSET_UTF8 = 873;
