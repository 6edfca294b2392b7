import { expect, test } from '@jest/globals';
import { runCommand } from '../../cli-world.ts';

test('--help prints the exit statuses', async () => {
  const { exitCode, stdout } = await runCommand(['--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('  2    wrong arguments; nothing was done\n');
});

test('fails when there is no such command, and suggests one', async () => {
  expect(await runCommand(['confg'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      "lockstep: unknown command 'confg' (Did you mean config?)\nNext: see lockstep --help, or --help of the command\n",
  });
});

test('fails when no command is given, and shows the help on standard error', async () => {
  const { exitCode, stdout, stderr } = await runCommand([]);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('Usage: lockstep');
});

test('with --json an error is one object on standard output', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['config', 'check', '--json', '--what']);
  expect(exitCode).toBe(2);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    error: {
      message: "unknown option '--what'",
      next: 'see lockstep --help, or --help of the command',
    },
  });
});
