/** How long attempts that were due before a moment may still take after it, on a machine that has other things to do. */
export const SETTLING_MAX_MS = 30_000;
/** The service's, before it tries a rotation again. In AWS minutes; it is part of the window after a crash. */
export const RETRY_DELAY_MS = 300;
