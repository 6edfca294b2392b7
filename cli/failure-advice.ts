/** What each kind of failure asks of a person; see lambda/domain/errors.ts. Patterns of names, the first that fits. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^LockedOutError$/,
    "set the user's password on that database, as an administrator, to one that the secret holds",
  ],
  [
    /^LoginBudgetError$/,
    'find out which password that database accepts and store it as AWSCURRENT, or set there the one of AWSPENDING; then let logins be tried again: lockstep clear-refusals',
  ],
  [/^(AccountLockedError)$/, 'unlock the account, and find out who tried wrong passwords'],
  [
    /^PasswordExpiredError$/,
    "set the user's password on that database, as an administrator, to the one of AWSCURRENT",
  ],
  [
    /^PasswordPolicyError$/,
    "loosen that database's password rules for this user; the next rotation makes another password",
  ],
  [/^NotPermittedError$/, 'grant the user what the log says is missing'],
  [
    /^DatabaseUnreachableError$/,
    "see whether that database runs and the function's network reaches it",
  ],
  [/^DatabaseTlsError$/, 'check the CA, the host name and the wallet of that database'],
  [
    /^Wallet(Refused)?Error$/,
    'mend the wallet of that database, its password, or what lets the function read it, as the log says',
  ],
  [
    /^WalletUnreachableError$/,
    'see whether the place where that wallet is kept answers and the function’s network reaches it',
  ],
  [
    /^VaultUnreachableError$/,
    "see whether that vault answers and the function's network reaches it",
  ],
  [
    /^Vault(Refused|Full)Error$|^MirrorManagedElsewhereError$/,
    'read in the log what that vault refused',
  ],
  [
    /^(PendingMismatchError|MirrorMismatchError)$/,
    'find out who wrote that version; then take AWSPENDING off it and rotate again',
  ],
  [
    /^AuditError$/,
    'make the bucket and the key of the audit trail reachable: nothing is changed without an entry',
  ],
  [
    /^(ConfigurationError|SecretFormatError|SecretTooLargeError)$/,
    'mend what the log names, and deploy again where it is the configuration',
  ],
  [/^Overlap/, 'wait until the older password has ended, or end it on the database'],
  [
    /^(DeadlineError|CommitUnknownError|OutcomeUnknownError|MissingVersionError|LoginRefusedError)$/,
    'wait: the retry looks again',
  ],
];

/** What a person should do about a failure of that name. */
export function adviceFor(error: string): string {
  const known = ADVICE.find(([sign]) => sign.test(error));
  return known?.[1] ?? 'read the log of the function, which says what to do';
}
