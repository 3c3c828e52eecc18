import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { createClients } from '#local/clients.ts';
import { forgetData, launchStack } from '#local/launch.ts';

const POSTS = Number(process.env.POSTS ?? 2_000);
const WORDS = 'harbour sunrise compiler umbrella lantern tide meadow violin granite orchard'.split(' ');

const postOf = (index: number) => {
  const now = new Date().toISOString();
  return {
    postId: ulid(),
    userId: `user-${index % 50}`,
    content: `${WORDS[index % 10]} ${WORDS[(index * 7 + 3) % 10]} number ${index}`,
    type: 'text',
    status: 'published',
    timestamp: now,
    updatedAt: now,
    version: 1,
    correlationId: `bench-${index}`,
  };
};

/** CPU seconds that a process and its children have used so far; 0 where the system does not tell. */
const cpuSecondsOf = (processId: number): number => {
  const stat = (id: string) => readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  try {
    const family = [`${processId}`];
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    for (const parent of family) family.push(...all.filter((id) => stat(id)[1] === parent));
    return family.reduce((sum, id) => sum + (Number(stat(id)[11]) + Number(stat(id)[12])) / 100, 0);
  } catch {
    return 0;
  }
};

const threads = (pid: number) => { const out: Record<string, number> = {};
  const stat = (id: string) => { try { return readFileSync(`/proc/${id}/stat`, 'utf8'); } catch { return ''; } };
  const all = readdirSync('/proc').filter((n) => /^\d+$/.test(n)); const family=[`${pid}`];
  for (const p of family) family.push(...all.filter((id) => stat(id).split(') ')[1]?.split(' ')[1] === p));
  for (const p of family) { let exe=''; try { exe = readFileSync(`/proc/${p}/comm`,'utf8').trim(); for (const t of readdirSync(`/proc/${p}/task`)) { const x = readFileSync(`/proc/${p}/task/${t}/stat`,'utf8'); const f = x.split(') ')[1]!.split(' '); const name = readFileSync(`/proc/${p}/task/${t}/comm`,'utf8').trim(); const k = exe+'/'+(t===p?'main':name); out[k]=(out[k]??0)+Number(f[11])*10+Number(f[12])*10; } } catch {} }
  return out; };
const serviceDirectory = resolve(import.meta.dirname, '..');
const dataDirectory = join(serviceDirectory, '.local', `bench-${process.pid}`);
const stack = await launchStack({ serviceDirectory, dataDirectory });
const clients = createClients(stack.running.endpoints, 'us-east-1');
try {
  const table = stack.refOf('PostsTable');
  const write = async (posts: ReturnType<typeof postOf>[]) => {
    for (let start = 0; start < posts.length; start += 25) {
      await clients.dynamoDb.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [table]: posts.slice(start, start + 25).map((post) => ({ PutRequest: { Item: marshall(post) } })),
          },
        }),
      );
    }
  };
  await write(Array.from({ length: 50 }, (_, index) => postOf(index)));
  await stack.untilQuiet(30_000);

  const th0 = threads(stack.processId);
  const cpuBefore = cpuSecondsOf(stack.processId);
  const startedAt = performance.now();
  await write(Array.from({ length: POSTS }, (_, index) => postOf(index)));
  const writtenAt = performance.now();
  await stack.untilQuiet(120_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  const th1 = threads(stack.processId); for (const [k,v] of Object.entries(th1).sort((a,b)=>b[1]-a[1])) if (v-(th0[k]??0)>20) console.log(k, ((v-(th0[k]??0))/POSTS).toFixed(2));
  const cpu = cpuSecondsOf(stack.processId) - cpuBefore;
  process.stdout.write(
    `${POSTS} posts through all three subscribers: ${seconds.toFixed(1)} s, ${(POSTS / seconds).toFixed(0)} posts/s` +
      ` (written in ${((writtenAt - startedAt) / 1_000).toFixed(1)} s; ${((cpu / POSTS) * 1_000).toFixed(1)} ms of CPU a post)\n`,
  );
} finally {
  clients.destroy();
  await stack.stop();
  await forgetData(dataDirectory);
}
