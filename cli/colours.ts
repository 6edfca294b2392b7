import pc from 'picocolors';
import type { Output, World } from './world.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/** Colours on a terminal, unless NO_COLOR or a dumb terminal asks for none; plain text elsewhere. */
export function coloursFor(stream: Output, { environment }: Pick<World, 'environment'>): Colours {
  const { NO_COLOR: noColour = '', TERM: terminal } = environment;
  return pc.createColors(stream.isTTY === true && noColour === '' && terminal !== 'dumb');
}
