import * as z from 'zod';
import { EventError } from './domain/errors.ts';

const InspectionEvent = z.discriminatedUnion('inspection', [
  z.strictObject({
    inspection: z.literal('status'),
    /** Whether to log in to the databases. */
    logins: z.boolean().default(false),
  }),
  /** Logs in to the databases. */
  z.strictObject({ inspection: z.literal('doctor') }),
]);

export type InspectionRequest = z.infer<typeof InspectionEvent>;

/**
 * Reads what an inspection is asked for: `{"inspection": "status", "logins": true}`.
 *
 * @throws EventError saying what was expected, never what was there
 */
export function parseInspectionEvent(event: unknown): InspectionRequest {
  const result = InspectionEvent.safeParse(event);
  if (result.success) return result.data;
  throw new EventError(
    'the event is not one of an inspection (expected {"inspection": "status"} or {"inspection": "doctor"})',
    {
      remedy: 'let the command line call the function: lockstep status …',
    },
  );
}
