/**
 * What `read` makes of this process's arguments. Where it refuses them, says why and how the command is used, and ends the
 * process with status 2.
 */
export function readArguments<Arguments>(
  read: (args: readonly string[]) => Arguments,
  usage: string,
): Arguments {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
