import type { Redactor } from '../domain/redactor.ts';

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

/** Shorter lines of a PEM are its frame or the rest of its last line. */
const SECRET_LINE_LENGTH_MIN = 21;

/** Adds a private key to the redactor: the text as a whole, and each of its lines. */
export function redactPem(pem: string, redactor: Redactor): void {
  const lines = pem.split(/\r?\n/).map((line) => line.trim());
  const isSecret = (line: string): boolean =>
    line.length >= SECRET_LINE_LENGTH_MIN && !line.startsWith('-----');
  redactor.add(pem, ...lines.filter(isSecret));
}
