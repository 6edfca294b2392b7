import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Session } from '../../../cli/session.ts';
import type { World } from '../../../cli/world.ts';

let written: string[];

beforeEach(() => {
  written = [];
});

function stream(name: string): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(`${name} ${chunk.toString('utf8')}`);
      done();
    },
  });
}

function session(options: { isJson?: boolean; ask?: World['ask'] } = {}): Session {
  const { isJson = false, ask } = options;
  const world: World = {
    stdout: stream('out'),
    stderr: stream('err'),
    environment: {},
    folder: '/',
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    ...(ask === undefined ? {} : { ask }),
  };
  return new Session(world, { isJson });
}

test('without a terminal progress is plain lines on standard error, one when something has ended', () => {
  const { progress } = session();
  progress.begin('setSecret');
  progress.note('orders-rds was changed');
  progress.done('setSecret');
  progress.failed('testSecret');
  expect(written).toEqual([
    'err · orders-rds was changed\n',
    'err ✔ setSecret\n',
    'err ✖ testSecret\n',
  ]);
});

test('what a command hands back is text, or one JSON object, without a secret', () => {
  const outcome = {
    ending: 'failed',
    json: { ok: false },
    text: 'said to Example_password_1',
  } as const;
  const plain = session();
  plain.redactor.add('Example_password_1');
  plain.conclude(outcome);
  expect(plain.exitCode).toBe(1);
  const json = session({ isJson: true });
  json.conclude(outcome);
  expect(written).toEqual(['out said to [redacted]\n', 'out {"ok":false}\n']);
});

describe('confirm', () => {
  test('asks nobody who has agreed beforehand', async () => {
    await expect(session().confirm('Go on?', { isAgreed: true })).resolves.toBeUndefined();
  });

  test.each(['y', 'YES', ' yes '])('takes %p for a yes', async (answer) => {
    const asked = session({ ask: () => Promise.resolve(answer) });
    await expect(asked.confirm('Go on?', { isAgreed: false })).resolves.toBeUndefined();
  });

  test.each(['', 'n', 'yesterday'])('fails when the answer is %p', async (answer) => {
    const asked = session({ ask: () => Promise.resolve(answer) });
    await expect(asked.confirm('Go on?', { isAgreed: false })).rejects.toMatchObject({
      ending: 'declined',
    });
  });

  test('fails when there is nobody to ask, and with --json', async () => {
    const refusal = { ending: 'usage', remedy: 'give --yes to agree beforehand' };
    await expect(session().confirm('Go on?', { isAgreed: false })).rejects.toMatchObject(refusal);
    const json = session({ isJson: true, ask: () => Promise.resolve('y') });
    await expect(json.confirm('Go on?', { isAgreed: false })).rejects.toMatchObject(refusal);
  });
});
