/** Texts of the errors that the stand-in raises, without the second lines that some have. */
const TEXTS: Readonly<Record<number, string>> = {
  18: 'maximum number of sessions exceeded',
  28: 'your session has been killed',
  600: 'internal error code, arguments: [], [], [], [], [], [], [], []',
  604: 'error occurred at recursive SQL level 1',
  900: 'invalid SQL statement',
  904: 'invalid identifier',
  907: 'missing right parenthesis',
  911: 'invalid character',
  913: 'too many values',
  922: 'missing or invalid option',
  923: 'FROM keyword not found where expected',
  933: 'SQL command not properly ended',
  936: 'missing expression',
  942: 'table or view does not exist',
  972: 'identifier is too long',
  988: 'missing or invalid password(s)',
  1000: 'maximum open cursors exceeded',
  1001: 'invalid cursor',
  1008: 'not all variables bound',
  1013: 'user requested cancel of current operation',
  1017: 'invalid username/password; logon denied',
  1031: 'insufficient privileges',
  1033: 'ORACLE initialization or shutdown in progress',
  1045: 'user lacks CREATE SESSION privilege; logon denied',
  1403: 'no data found',
  1427: 'single-row subquery returns more than one row',
  1918: 'user does not exist',
  2003: 'invalid USERENV parameter',
  2377: 'invalid profile limit PASSWORD_ROLLOVER_TIME',
  2380: 'profile does not exist',
  2393: 'exceeded call limit on CPU usage',
  3115: 'unsupported network datatype or representation',
  28000: 'the account is locked',
  28001: 'the password has expired',
  28003: 'password verification for the specified password failed',
  28007: 'the password cannot be reused',
  28008: 'invalid old password',
  28150: 'proxy not authorized to connect as client',
  28221: 'REPLACE not specified',
  28227: 'Gradual password rollover is not supported for administrative users.',
};

/** An error as the server answers with it. Its message is the whole text, `ORA-01017: …`. */
export class OracleError extends Error {
  override readonly name = 'OracleError';
  /** 1017 for ORA-01017. */
  readonly ora: number;

  /** @param text what stands behind `ORA-nnnnn: `; by default Oracle's own text for the number */
  constructor(ora: number, text: string = TEXTS[ora] ?? 'an error occurred') {
    super(`ORA-${String(ora).padStart(5, '0')}: ${text}`);
    this.ora = ora;
  }

  /** The error of a code such as `ORA-28003`, with Oracle's own text unless another is given. */
  static ofCode(code: string, text?: string): OracleError {
    return new OracleError(Number(/\d+/.exec(code)?.[0] ?? 600), text);
  }
}
