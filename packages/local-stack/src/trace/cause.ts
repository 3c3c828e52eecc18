import { z } from 'zod';
import type { RecordedInvocation } from './recorder.ts';

const LogLine = z.looseObject({
  level: z.string(),
  message: z.unknown(),
  error: z.looseObject({ name: z.string().default('Error'), message: z.string().default('') }).optional(),
});

const parsed = (line: string): z.infer<typeof LogLine> | undefined => {
  try {
    return LogLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // Not JSON: an ordinary line.
  }
};

/**
 * Why an invocation failed for a record or message: the last complaint in its log that names it, else the last one that
 * names nobody else's, else what the invocation itself failed with.
 * @param identifier sequence number or message id
 */
export const causeOf = (
  { log, answer }: RecordedInvocation,
  identifier: string,
  neighbours: readonly string[] = [],
): string | undefined => {
  const { result } = answer ?? {};
  if (result?.kind === 'error') return `${result.errorType}: ${result.errorMessage}`;
  const complaints = log.flatMap(({ line }) => {
    const entry = parsed(line);
    if (!entry || !/^(ERROR|WARN|CRITICAL|FATAL)/i.test(entry.level)) return [];
    const { error, message } = entry;
    return [{ line, cause: error ? `${error.name}: ${error.message}` : String(message) }];
  });
  const own = complaints.findLast(({ line }) => line.includes(identifier));
  const general = complaints.findLast(({ line }) => !neighbours.some((other) => line.includes(other)));
  return (own ?? general)?.cause;
};
