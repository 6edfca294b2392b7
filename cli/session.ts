import type { Command } from 'commander';
import { Redactor } from '../lambda/domain/redactor.ts';
import { CommandError } from './command-error.ts';
import { coloursFor, type Colours } from './colours.ts';
import { EXIT_CODES, type Ending } from './exit-code.ts';
import type { Outcome } from './outcome.ts';
import { makeProgress, type Progress } from './progress.ts';
import type { World } from './world.ts';

/** One call of the command line. */
export class Session {
  readonly world: World;
  readonly isJson: boolean;
  /** For what goes to standard output. */
  readonly colours: Colours;
  readonly progress: Progress;
  /** Whatever credential a command reads is added at once; all that is printed passes through it. */
  readonly redactor = new Redactor();
  #ending: Ending = 'fine';

  constructor(world: World, { isJson }: { readonly isJson: boolean }) {
    this.world = world;
    this.isJson = isJson;
    this.colours = coloursFor(world.stdout, world);
    this.progress = makeProgress(world.stderr, coloursFor(world.stderr, world));
  }

  get exitCode(): number {
    return EXIT_CODES[this.#ending].code;
  }

  /** Prints what a command hands back. */
  conclude({ ending, json, text }: Outcome): void {
    this.#ending = ending;
    this.progress.stop();
    const { stdout } = this.world;
    const output = this.isJson ? JSON.stringify(json) : text;
    if (output !== '') stdout.write(`${this.redactor.clean(output)}\n`);
  }

  /** Says why a command could not go on, and what to do: on standard error, or as the object that --json promises. */
  refuse({ message, remedy, ending }: CommandError): void {
    this.#ending = ending;
    this.progress.stop();
    const { stdout, stderr } = this.world;
    const error = { message: this.redactor.clean(message), next: this.redactor.clean(remedy) };
    if (this.isJson) stdout.write(`${JSON.stringify({ ok: false, error })}\n`);
    else stderr.write(`lockstep: ${error.message}\nNext: ${error.next}\n`);
  }

  /**
   * Asks before something is changed.
   *
   * @param isAgreed whether the caller has said yes beforehand (`--yes`)
   * @throws CommandError when the answer is no, or there is nobody to ask
   */
  async confirm(question: string, { isAgreed }: { readonly isAgreed: boolean }): Promise<void> {
    if (isAgreed) return;
    const { ask } = this.world;
    if (ask === undefined || this.isJson) {
      throw new CommandError('this asks before it does anything, and here is nobody to answer', {
        remedy: 'give --yes to agree beforehand',
        ending: 'usage',
      });
    }
    this.progress.stop();
    const answer = await ask(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
    throw new CommandError('nothing was done', {
      remedy: 'answer y, or give --yes, to go on',
      ending: 'declined',
    });
  }

  /** Makes the action of a commander Command from a function that takes its arguments and options. */
  action<Given extends readonly unknown[]>(
    work: (...given: Given) => Promise<Outcome>,
  ): (...given: [...Given, ...unknown[]]) => Promise<void> {
    return async (...given) => {
      this.conclude(await work(...(given as unknown as Given)));
    };
  }
}

/** Makes one command; each file of `commands/` exports one. */
export type CommandMaker = (session: Session) => Command;
