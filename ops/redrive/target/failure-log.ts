import { z } from 'zod';

/** What a function's log says about a failure. */
export interface LoggedFailure {
  /** Of the latest line. */
  reason: string;
  /** ISO 8601, of the earliest line and of the latest. */
  first: string;
  last: string;
  times: number;
}

/** The failures in a log, by message id, event id and sequence number: by whichever ids the line names. */
export type FailureLog = ReadonlyMap<string, LoggedFailure>;

/**
 * Reads what a function logged about failures.
 * @param functionId the function's logical id
 * @param since lines from then on
 */
export type ReadFailureLog = (functionId: string, since: Date) => Promise<FailureLog>;

const Line = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  level: z.enum(['WARN', 'ERROR']),
  message: z.string(),
  messageId: z.string().optional(),
  eventId: z.string().optional(),
  sequenceNumber: z.string().optional(),
  reason: z.string().optional(),
  error: z.object({ name: z.string().optional(), message: z.string() }).optional(),
});

const reasonOf = ({ reason, error, message }: z.infer<typeof Line>): string => {
  if (reason !== undefined) return reason;
  if (error === undefined) return message;
  return error.name === undefined ? error.message : `${error.name}: ${error.message}`;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // The platform's own lines are text, and name no message.
    return undefined;
  }
};

/** Gathers lines into a log of failures; lines that tell of none are passed over. */
export const failureLog = (since: Date) => {
  const found = new Map<string, LoggedFailure>();
  return {
    found,
    add(text: string): void {
      const { success, data } = Line.safeParse(parsed(text));
      if (!success || Date.parse(data.timestamp) < since.getTime()) return;
      const { timestamp, messageId, eventId, sequenceNumber } = data;
      for (const id of [messageId, eventId, sequenceNumber]) {
        if (id === undefined) continue;
        const known = found.get(id);
        found.set(id, {
          reason: reasonOf(data),
          first: known?.first ?? timestamp,
          last: timestamp,
          times: (known?.times ?? 0) + 1,
        });
      }
    },
  };
};
