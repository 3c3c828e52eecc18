import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Expressions, functionKeyOf } from './explain.ts';
import type { RightsListener } from './judge.ts';
import type { Session } from './rights.ts';

/** One right of a function, and what was seen of it: `granted` by its role, `used`, or `denied`. */
export const RightSeen = z.object({
  seen: z.enum(['granted', 'used', 'denied']),
  /** The function's key in serverless.yml. */
  functionKey: z.string(),
  action: z.string(),
  /** In CloudFormation's words, the same under any stack name. */
  resource: z.string(),
});
export type RightSeen = z.infer<typeof RightSeen>;

/** Every right that the sessions' roles grant. */
export const grantsOf = (sessions: readonly Session[], expression: Expressions): RightSeen[] =>
  sessions.flatMap(({ functionId, role }) =>
    role.policies
      .flatMap(({ statements }) => statements)
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions, resources }) =>
        actions.patterns.flatMap((action) =>
          resources.patterns.map(
            (resource): RightSeen => ({
              seen: 'granted',
              functionKey: functionKeyOf(functionId),
              action: actions.except ? `all but ${action}` : action,
              resource: resources.except ? `all but ${expression(resource)}` : expression(resource),
            }),
          ),
        ),
      ),
  );

/**
 * Notes what is granted, used and denied in a file of a directory, a line of JSON each, once each: the file of a stack
 * that is killed is whole.
 */
export const recordUsage = (
  directory: string,
  sessions: readonly Session[],
  expression: Expressions,
): RightsListener => {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${process.pid}.jsonl`);
  const noted = new Set<string>();
  const note = (right: RightSeen) => {
    const line = JSON.stringify(right);
    if (noted.has(line)) return;
    noted.add(line);
    appendFileSync(file, `${line}\n`);
  };
  const noteOf = (seen: RightSeen['seen'], { functionId }: Session, action: string, resource: string) =>
    note({ seen, functionKey: functionKeyOf(functionId), action, resource: expression(resource) });
  for (const grant of grantsOf(sessions, expression)) note(grant);
  return {
    granted: (session, { action, resource }) => noteOf('used', session, action, resource),
    refused: (session, { need }) => noteOf('denied', session, need.action, need.resource),
  };
};
