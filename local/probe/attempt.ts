import * as z from 'zod';
import { CLIENT_MODES } from './client-mode.ts';

/**
 * What became of one tick: a login was accepted and its statement ran; the database refused the credential; something
 * else went wrong, which `code` names; or the tick was not used, because too many before it were still waiting.
 */
export const OUTCOMES = ['accepted', 'refused', 'error', 'missed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One tick of one application at one database, as the prober reports it. It holds no secret. */
export const Attempt = z.strictObject({
  database: z.string(),
  mode: z.enum(CLIENT_MODES),
  /** When it was due, in milliseconds since the epoch: what begins late counts from here. */
  dueMs: z.number(),
  /** How late it began. */
  lateMs: z.number(),
  /** From when it was due to its end. */
  latencyMs: z.number(),
  outcome: z.enum(OUTCOMES),
  /** The version of the secret that was used last. */
  versionId: z.string().optional(),
  /** Of the refusal or the error, in the words of the database or the service. */
  code: z.string().optional(),
  /** When the oldest attempt of this application that was still under way then was due; left out where none was. */
  waitingSinceMs: z.number().optional(),
  /** Whether a refused login made it read the secret again and log in with another version. */
  isSecondTry: z.boolean(),
});

export type Attempt = z.infer<typeof Attempt>;
