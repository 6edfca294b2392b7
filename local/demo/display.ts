import ora, { type Ora } from 'ora';
import pc from 'picocolors';

/** What the demo shows while it runs. */
export interface Display {
  title(text: string): void;
  /** A paragraph that explains what comes or what was seen. */
  say(text: string): void;
  /** Something begins; one thing at a time. */
  begin(label: string): void;
  /** What began has ended well. */
  done(label: string, note?: string): void;
  /** One line of something that was seen. */
  note(label: string, text: string): void;
  /** What began has failed; `lines` say how. */
  failed(label: string, lines: readonly string[]): void;
  /** Says that it is over early, and shows nothing more. */
  interrupted(): void;
}

const LABEL_WIDTH = 14;
const TEXT_WIDTH = 96;

/** On a terminal a live line for what is running, in colours; elsewhere plain lines when it has ended. */
export function makeDisplay(stream: NodeJS.WriteStream): Display {
  const isLive = stream.isTTY;
  const colours = pc.createColors(isLive && pc.isColorSupported);
  let isOver = false;
  const print = (text = ''): void => {
    if (!isOver) stream.write(`${text}\n`);
  };
  let spinner: Ora | undefined;
  const stop = (): void => {
    spinner?.stop();
    spinner = undefined;
  };
  return {
    title: (text) => {
      print();
      print(colours.bold(text));
    },
    say: (text) => {
      for (const line of wrap(text)) print(colours.dim(`  ${line}`));
    },
    begin: (label) => {
      stop();
      if (isLive && !isOver)
        spinner = ora({ text: label, stream, prefixText: ' ', discardStdin: false }).start();
    },
    done: (label, note = '') => {
      stop();
      print(`  ${colours.green('✔')} ${label.padEnd(LABEL_WIDTH)} ${colours.dim(note)}`.trimEnd());
    },
    note: (label, text) => {
      print(`  ${colours.cyan('·')} ${label.padEnd(LABEL_WIDTH)} ${text}`);
    },
    failed: (label, lines) => {
      stop();
      print(`  ${colours.red('✖')} ${label.padEnd(LABEL_WIDTH)} ${colours.red(lines[0] ?? '')}`);
      for (const text of lines.slice(1)) {
        for (const line of wrap(text)) print(`      ${line}`);
      }
    },
    interrupted: () => {
      stop();
      print('  interrupted: stopping what runs and removing what was made');
      isOver = true;
    },
  };
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= TEXT_WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
