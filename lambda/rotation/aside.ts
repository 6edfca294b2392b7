/**
 * What a step begins and has no need to wait for before it goes on: entries of what has been done already, the goodbye of a
 * session. The step ends when all of it has ended.
 */
export class Aside {
  readonly #work: Promise<unknown>[] = [];

  /** @param work which never rejects, or whose failure is nobody's business */
  add(work: Promise<unknown>): void {
    this.#work.push(work.catch(() => undefined));
  }

  /** Waits for everything that was added, also meanwhile. */
  async settled(): Promise<void> {
    for (let next = this.#work.shift(); next !== undefined; next = this.#work.shift()) await next;
  }
}
