import { CommanderError } from 'commander';
import { ConfigError } from '../config/parse.ts';
import { LockstepError } from '../lambda/domain/errors.ts';
import type { Redactor } from '../lambda/domain/redactor.ts';
import { CommandError } from './command-error.ts';

/** Errors of the AWS SDK by name, and what they mean to the person at the terminal. */
const AWS_ERRORS: readonly {
  readonly sign: RegExp;
  readonly remedy: string;
}[] = [
  {
    sign: /^(CredentialsProviderError|TokenProviderError)/,
    remedy: 'sign in to AWS (aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret)',
  },
  {
    sign: /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch)/,
    remedy: 'sign in to AWS again, and check the clock of this machine',
  },
  {
    sign: /^AccessDenied|not authorized/,
    remedy: 'get the permission that the message names; lockstep policy aws prints what is needed',
  },
  {
    sign: /Region is missing/,
    remedy: 'give --region, or set AWS_REGION',
  },
  {
    sign: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|TimeoutError|AbortError|socket hang up/,
    remedy: 'check the network to AWS, and AWS_ENDPOINT_URL_… where it is set',
  },
  {
    sign: /Throttling|TooManyRequests|ServiceUnavailable|InternalServiceError|ServiceException/,
    remedy: 'wait a moment and try again',
  },
];

/** What any error means to the person at the terminal: what happened, and what to do next. Never a stack. */
export function toCommandError(error: unknown, redactor: Redactor): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof LockstepError) return fromLockstep(error);
  if (error instanceof CommanderError) {
    return new CommandError(error.message.replace(/^error: /, '').replaceAll('\n', ' '), {
      remedy: 'see lockstep --help, or --help of the command',
      ending: 'usage',
    });
  }
  if (error instanceof ConfigError) {
    return new CommandError(error.message, { remedy: 'see lockstep config check' });
  }
  return fromAnything(redactor.summarize(error));
}

function fromLockstep(error: LockstepError): CommandError {
  const { message, remedy, name } = error;
  const finding = message.replace(` Next: ${remedy}.`, '');
  const isUnreachable = /Unreachable|Deadline|AuditError/.test(name);
  return new CommandError(`${finding} (${name})`, {
    remedy,
    ending: isUnreachable ? 'unreachable' : 'failed',
  });
}

function fromAnything({ name, message }: Error): CommandError {
  const text = message === '' ? name : message;
  const known = AWS_ERRORS.find(({ sign }) => sign.test(name) || sign.test(message));
  if (known !== undefined) {
    return new CommandError(text, { remedy: known.remedy, ending: 'unreachable' });
  }
  return new CommandError(`something failed that has no name here: ${text} (${name})`, {
    remedy: 'try again; if it happens again, report it',
  });
}
