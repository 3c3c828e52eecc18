import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { findRunningStack, type RunningStack } from '../running-stack.ts';
import { standardDirectory, stateDirectory } from '../state-directory.ts';
import { UserError } from '../user-error.ts';

/** The stacks of a service that run, whatever their stage. */
const runningStacks = (serviceDirectory: string): RunningStack[] => {
  const stages = join(standardDirectory(serviceDirectory, ''));
  if (!existsSync(stages)) return [];
  return readdirSync(stages).flatMap((stage) => findRunningStack(stateDirectory(join(stages, stage))) ?? []);
};

const stackOf = ({ stage, dataDirectory }: { stage?: string; dataDirectory?: string }): RunningStack => {
  const directory = dataDirectory ?? (stage && standardDirectory(process.cwd(), stage));
  const found = directory
    ? [findRunningStack(stateDirectory(resolve(directory)))].filter((one) => one !== undefined)
    : runningStacks(process.cwd());
  const [stack, another] = found;
  if (!stack) throw new UserError('no local stack of this service runs: local-stack start');
  if (another) throw new UserError('several stages of this service run: say which with --stage');
  return stack;
};

const Schedules = z.array(
  z.object({
    logicalId: z.string(),
    expression: z.string(),
    enabled: z.boolean(),
    next: z.number().optional(),
  }),
);
const Refusal = z.object({ message: z.string() });

/**
 * Fires a schedule of the running stack now; without a name, lists the schedules that it has.
 * @param logicalId of an `AWS::Scheduler::Schedule`, or of an `AWS::Events::Rule` with a schedule expression
 * @returns lines for people
 * @throws {UserError} when no stack runs, or it has no such schedule
 */
export const fireSchedule = async (
  logicalId: string | undefined,
  where: { stage?: string; dataDirectory?: string },
): Promise<string[]> => {
  const { consoleUrl } = stackOf(where);
  if (logicalId === undefined) {
    const schedules = Schedules.parse(await (await fetch(`${consoleUrl}/schedules`)).json());
    if (schedules.length === 0) return ['The template declares no schedule.'];
    return schedules.map(({ logicalId: id, expression, enabled, next }) => {
      const when = next === undefined ? 'does not fire any more' : `next at ${new Date(next).toISOString()}`;
      return `${id}  ${expression}  ${enabled ? when : 'disabled'}`;
    });
  }
  const answer = await fetch(`${consoleUrl}/schedules/${encodeURIComponent(logicalId)}/fire`, {
    method: 'POST',
  });
  if (!answer.ok) throw new UserError(Refusal.parse(await answer.json()).message);
  return [`${logicalId} fired.`];
};
