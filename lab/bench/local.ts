import { runTool } from '../../ops/run-tool.ts';
import { onFreshStack } from './support/measured-stack.ts';
import { tablePost, writePosts } from './support/posts.ts';
import { usageOf } from './support/process-family.ts';

const POSTS = Number(process.env.POSTS ?? 2_000);
/** The first finds functions that were hardly ever called, which V8 has not compiled yet. */
const BURSTS = 4;
const WARM_UP = 50;
/** `RIGHTS=off`: functions may do everything, to see what enforcing their roles costs. */
const commandOptions: Record<string, true> = process.env.RIGHTS === 'off' ? { 'no-rights': true } : {};

const HELP = 'npm run bench:local -w lab\n\nBursts of posts through all subscribers of a local stack.';

await runTool({ help: HELP, options: {} }, async () => {
  await onFreshStack('local', { commandOptions }, async (stack) => {
    const table = stack.refOf('PostsTable');
    const write = (count: number) =>
      writePosts(
        stack.clients.dynamoDb,
        table,
        Array.from({ length: count }, (_, index) => tablePost(index)),
      );
    await write(WARM_UP);
    await stack.untilQuiet(30_000);

    for (let burst = 1; burst <= BURSTS; burst += 1) {
      const before = usageOf(stack.processId);
      const startedAt = Date.now();
      await write(POSTS);
      const writtenAt = Date.now();
      // Until the last invocation ended: waiting for more, to be sure that it was the last, does not count.
      const seconds = ((await stack.untilQuiet(120_000)) - startedAt) / 1_000;
      const { cpuSeconds, residentMegabytes } = usageOf(stack.processId);
      const cpu = cpuSeconds - before.cpuSeconds;
      process.stdout.write(
        `burst ${burst}: ${POSTS} posts through all three subscribers in ${seconds.toFixed(1)} s, ` +
          `${(POSTS / seconds).toFixed(0)} posts/s (written in ${((writtenAt - startedAt) / 1_000).toFixed(1)} s; ` +
          `${((cpu / POSTS) * 1_000).toFixed(1)} ms of CPU a post; ${residentMegabytes.toFixed(0)} MB)\n`,
      );
    }
  });
  return 0;
});
