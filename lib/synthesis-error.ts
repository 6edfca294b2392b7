/** What rotations.json asks for cannot be deployed. The message names the rotation and what to change. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}
