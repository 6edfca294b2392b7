import type { Readable } from 'node:stream';

/** Collects what several streams write as one log, line by line, so that no line is torn by another stream. */
export class LogLines {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  /** What each open stream has written since its last line ended. */
  readonly #beginnings = new Map<Readable, string>();

  /** Collects the stream from now to its end. */
  collect(stream: Readable): void {
    this.#beginnings.set(stream, '');
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = ((this.#beginnings.get(stream) ?? '') + text).split('\n');
      this.#beginnings.set(stream, lines.pop() ?? '');
      for (const line of lines) this.add(line);
    });
    stream.on('close', () => {
      const rest = this.#beginnings.get(stream) ?? '';
      this.#beginnings.delete(stream);
      if (rest !== '') this.add(rest);
    });
  }

  /** Adds a line of our own. */
  add(line: string): void {
    this.#lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }

  /** Calls `listener` with every line from now on; the function returned ends that. */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Everything so far, unfinished lines last. */
  text(): string {
    const unfinished = [...this.#beginnings.values()].filter((text) => text !== '');
    return [...this.#lines, ...unfinished].map((line) => `${line}\n`).join('');
  }
}
