import { expect, test } from '@jest/globals';
import { RotationStory, type Happening } from '../../../cli/rotation-story.ts';

const VERSION = '01234567-89ab-cdef-0123-456789abcdef';

/** Each line: step, event, subject, and the error where there is one. */
function told(lines: readonly string[], story = new RotationStory(VERSION)): readonly Happening[] {
  return lines.flatMap((line) => {
    const [step = '', event = '', subject = '', error] = line.split(' ');
    const entry = { versionId: VERSION, requestId: `of-${step}`, step, event, subject };
    return story.tell(error === undefined ? entry : { ...entry, error });
  });
}

test('a step ends when the next one is first heard of', () => {
  expect(
    told(['createSecret staged aws', 'createSecret staged oci', 'setSecret changed rds']),
  ).toEqual([
    { kind: 'step-began', step: 'createSecret' },
    { kind: 'seen', text: 'aws holds the new password' },
    { kind: 'seen', text: 'oci holds the new password' },
    { kind: 'step-ended', step: 'createSecret' },
    { kind: 'step-began', step: 'setSecret' },
    { kind: 'seen', text: 'rds was changed' },
  ]);
});

test('a failure is told with what was undone before it', () => {
  const story = new RotationStory(VERSION);
  const happenings = told(
    [
      'setSecret changed rds',
      'setSecret change-failed adb DatabaseUnreachableError',
      'setSecret restored rds',
      'setSecret step-failed adb DatabaseUnreachableError',
    ],
    story,
  );
  expect(happenings.slice(1)).toEqual([
    { kind: 'seen', text: 'rds was changed' },
    { kind: 'seen', text: 'adb was not changed: DatabaseUnreachableError' },
    {
      kind: 'step-failed',
      failure: {
        step: 'setSecret',
        subject: 'adb',
        error: 'DatabaseUnreachableError',
        aftermath: ['rds was set to the password that AWSCURRENT holds'],
      },
    },
  ]);
  expect(story.failures).toHaveLength(1);
});

test('a promotion outside finishSecret is what a failing step did to keep people in', () => {
  const happenings = told([
    'setSecret promoted aws',
    'setSecret step-failed oci VaultUnreachableError',
  ]);
  expect(happenings.at(-1)).toMatchObject({
    failure: {
      aftermath: ['aws publishes the new password all the same, because a database takes no other'],
    },
  });
});

test('entries of another version say nothing', () => {
  const story = new RotationStory('another-version-0123456789abcdef01');
  expect(told(['setSecret changed rds'], story)).toEqual([]);
});

test('the first step after a failure begins again', () => {
  const happenings = told(['setSecret step-failed rds LockedOutError', 'setSecret changed rds']);
  expect(happenings.slice(2)).toEqual([
    { kind: 'step-began', step: 'setSecret' },
    { kind: 'seen', text: 'rds was changed' },
  ]);
});
