/** One block of a PEM text. */
export interface PemBlock {
  /** What the block is: CERTIFICATE, PRIVATE KEY, ENCRYPTED PRIVATE KEY … */
  readonly label: string;
  /** The whole block with its first and last line. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?\r?\n-----END \1-----/g;

/** The blocks of a PEM text, in order; what stands around them (comments, bag attributes) is left out. */
export function pemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map((match) => ({ label: match[1] ?? '', text: match[0] }));
}
