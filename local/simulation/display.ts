import ora from 'ora';
import pc from 'picocolors';

/** What is shown while a simulation runs. */
export interface Display {
  /** A phase begins, of so many parts. */
  begin(label: string, parts: number): void;
  /** One part more is done. */
  step(note: string): void;
  done(label: string, note: string): void;
  line(text: string): void;
  bad(text: string): void;
}

/** On a terminal a live line and colours; elsewhere plain lines when something has ended. */
export function makeDisplay(stream: NodeJS.WriteStream): Display {
  const colours = pc.createColors(stream.isTTY && pc.isColorSupported);
  const print = (text: string): void => {
    stream.write(`${text}\n`);
  };
  const spinner = stream.isTTY ? ora({ stream, discardStdin: false }) : undefined;
  let running = { label: '', parts: 0, done: 0 };
  return {
    begin: (label, parts) => {
      running = { label, parts, done: 0 };
      spinner?.start(label);
    },
    step: (note) => {
      running.done += 1;
      const { label, parts, done } = running;
      if (spinner !== undefined) spinner.text = `${label}  ${done}/${parts}  ${note}`;
    },
    done: (label, note) => {
      spinner?.stop();
      print(`${colours.green('✔')} ${label.padEnd(34)} ${colours.dim(note)}`);
    },
    line: print,
    bad: (text) => {
      print(colours.red(text));
    },
  };
}
