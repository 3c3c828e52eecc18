import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RightSeen } from '#local/iam/usage.ts';
import { EXPECTED_UNUSED } from './expected.ts';

/** One right of a function: granted, used or denied. */
export type Right = Omit<RightSeen, 'seen'>;

/** What a run showed of the rights of one function. */
export interface FunctionRights {
  functionKey: string;
  used: Right[];
  unused: Right[];
  /** Granted and never used, for a reason that is written down. */
  expected: (Right & { reason: string })[];
  denied: Right[];
}

/** What the stacks of a run noted in a directory. */
export const readSeen = (directory: string): RightSeen[] =>
  readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => RightSeen.parse(JSON.parse(line))),
  );

const nameOf = ({ action, resource }: Right): string => `${action} on ${resource}`;

const reasonOf = (right: Right): string | undefined =>
  EXPECTED_UNUSED.find(
    ({ functionKey = right.functionKey, action, resource = /^/ }) =>
      functionKey === right.functionKey && action.test(right.action) && resource.test(right.resource),
  )?.reason;

/** Each right once, function by function. */
export const rightsByFunction = (seen: readonly RightSeen[]): FunctionRights[] =>
  [...Map.groupBy(seen, ({ functionKey }) => functionKey)]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([functionKey, all]) => {
      const of = (kind: RightSeen['seen']) => {
        const rights = all.filter((right) => right.seen === kind);
        return new Map(rights.map(({ seen: _, ...right }) => [nameOf(right), right]));
      };
      const [granted, used, denied] = [of('granted'), of('used'), of('denied')];
      const never = [...granted].flatMap(([name, right]) => (used.has(name) ? [] : [right]));
      return {
        functionKey,
        used: [...used.values()],
        unused: never.filter((right) => reasonOf(right) === undefined),
        expected: never.flatMap((right) => {
          const reason = reasonOf(right);
          return reason === undefined ? [] : [{ ...right, reason }];
        }),
        denied: [...denied.values()],
      };
    });

/** For people. */
export const reportLines = (functions: readonly FunctionRights[]): string[] => {
  const section = (title: string, rights: readonly Right[]) =>
    rights.map((right) => `  ${title.padEnd(24)}${nameOf(right)}`).toSorted();
  const reasons = new Map<string, number>();
  for (const { reason } of functions.flatMap(({ expected }) => expected))
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [
    ...functions.flatMap(({ functionKey, used, unused, denied }) => [
      functionKey,
      ...section('granted and used', used),
      ...section('granted and never used', unused),
      ...section('denied', denied),
      '',
    ]),
    ...[...reasons].map(([reason, count]) => `Not expected to be used (${count}): ${reason}.`),
  ];
};
