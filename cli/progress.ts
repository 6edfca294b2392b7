import ora, { type Ora } from 'ora';
import type { Colours } from './colours.ts';
import type { Output } from './world.ts';

/** What a command shows on standard error while it runs. */
export interface Progress {
  /** Something begins; it takes the place of what was running. */
  begin(label: string): void;
  /** What began has ended well. */
  done(text: string): void;
  /** What began has failed. */
  failed(text: string): void;
  /** One line of something that was seen, while something else runs on. */
  note(text: string): void;
  /** Shows nothing more. May be called again. */
  stop(): void;
}

/** On a terminal a live line for what is running; elsewhere a plain line when it has ended. */
export function makeProgress(stream: Output, colours: Colours): Progress {
  const isLive = stream.isTTY === true;
  let spinner: Ora | undefined;
  const stop = (): void => {
    spinner?.stop();
    spinner = undefined;
  };
  const print = (sign: string, text: string): void => {
    stream.write(`${sign} ${text}\n`);
  };
  return {
    begin: (label) => {
      stop();
      if (isLive) spinner = ora({ text: label, stream, discardStdin: false }).start();
    },
    done: (text) => {
      stop();
      print(colours.green('✔'), text);
    },
    failed: (text) => {
      stop();
      print(colours.red('✖'), text);
    },
    note: (text) => {
      const label = spinner?.text;
      stop();
      print(colours.cyan('·'), text);
      if (label !== undefined) spinner = ora({ text: label, stream, discardStdin: false }).start();
    },
    stop,
  };
}
