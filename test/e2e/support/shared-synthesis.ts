import { OneSynthesis } from '../../../local/clouds/one-synthesis.ts';

let made: Promise<OneSynthesis> | undefined;

/**
 * One `cdk synth` for all files of tests that `npm test` loads together. Nobody closes it: what it leaves is in the
 * folder of the run, which goes with it.
 */
export async function sharedSynthesis(): Promise<OneSynthesis> {
  made ??= OneSynthesis.create();
  return await made;
}
