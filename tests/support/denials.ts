import type { LaunchedStack } from '#local/launch.ts';

/** What functions of a stack were denied, as "<function> may not <action>", each once. */
export const denialsOf = (stack: LaunchedStack): string[] => [
  ...new Set(
    [...stack.output().matchAll(/^DENIED {2}(\w+ may not [\w:*]+)/gm)].map(([, denial = '']) => denial),
  ),
];
