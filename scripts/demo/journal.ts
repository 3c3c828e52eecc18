import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One thing that a function did with one change of a post, from its log. */
const Entry = z.object({
  message: z.string(),
  timestamp: z.string(),
  postId: z.string(),
  version: z.number(),
  change: z.string(),
  correlationId: z.string(),
});
export type Entry = z.infer<typeof Entry> & { functionName: string };

const entriesOf = (file: string, functionName: string): Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const parsed = Entry.safeParse(JSON.parse(line));
        return parsed.success ? [{ ...parsed.data, functionName }] : [];
      } catch {
        // Not every line is JSON: Node.js writes its own warnings.
        return [];
      }
    });

/** What the functions' logs tell of posts, in the order in which it happened. */
export const readJournal = (logDirectory: string): Entry[] => {
  if (!existsSync(logDirectory)) return [];
  return readdirSync(logDirectory)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => {
      const functionName = name.slice(name.lastIndexOf('-') + 1, -'.log'.length);
      return entriesOf(join(logDirectory, name), functionName);
    })
    .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp) || a.version - b.version);
};
