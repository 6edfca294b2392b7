/** How a command ends, for scripts. `lockstep --help` prints this table. */
export const EXIT_CODES = {
  fine: { code: 0, meaning: 'fine' },
  failed: { code: 1, meaning: 'it found something wrong, or what it was to do failed' },
  usage: { code: 2, meaning: 'wrong arguments; nothing was done' },
  unreachable: {
    code: 3,
    meaning: 'it could not reach what it needs, or was not permitted to; see what it says',
  },
  declined: { code: 4, meaning: 'it asked, and the answer was no; nothing was done' },
  interrupted: { code: 130, meaning: 'interrupted' },
} as const;

export type Ending = keyof typeof EXIT_CODES;
