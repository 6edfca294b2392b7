import { expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { toCommandError } from '../../../cli/error-report.ts';
import { DatabaseUnreachableError, LockedOutError } from '../../../lambda/domain/errors.ts';
import { Redactor } from '../../../lambda/domain/redactor.ts';

const redactor = new Redactor();

test('an error of Lockstep keeps its finding and its remedy apart', () => {
  const error = new LockedOutError('it refuses everything', {
    subject: 'orders-rds',
    remedy: 'set a password',
  });
  error.aftermath = 'nothing was changed';
  expect(toCommandError(error, redactor)).toMatchObject({
    message: 'orders-rds: it refuses everything. State: nothing was changed. (LockedOutError)',
    remedy: 'set a password',
    ending: 'failed',
  });
});

test('what cannot be reached has a status of its own', () => {
  const error = new DatabaseUnreachableError('no answer', { remedy: 'wait' });
  expect(toCommandError(error, redactor).ending).toBe('unreachable');
});

test.each([
  ['CredentialsProviderError', 'Could not load credentials', 'sign in to AWS'],
  ['AccessDeniedException', 'not authorized to perform', 'get the permission'],
  ['Error', 'Region is missing', 'give --region'],
  ['Error', 'connect ECONNREFUSED 127.0.0.1:1', 'check the network'],
])('%s of the AWS SDK (%s) is named with what to do', (name, message, remedy) => {
  const error = Object.assign(new Error(message), { name });
  const found = toCommandError(error, redactor);
  expect(found.ending).toBe('unreachable');
  expect(found.remedy).toContain(remedy);
});

test('wrong arguments are a matter of usage', () => {
  const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'");
  expect(toCommandError(error, redactor)).toMatchObject({
    message: "unknown option '--x'",
    ending: 'usage',
  });
});

test('a secret in an error that has no name here is taken out', () => {
  const knowing = new Redactor();
  knowing.add('Example_password_0000000000001');
  const error = new Error('the server said Example_password_0000000000001');
  expect(toCommandError(error, knowing).message).toBe(
    'something failed that has no name here: the server said [redacted] (Error)',
  );
});
