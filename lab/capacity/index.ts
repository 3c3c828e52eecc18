// What a rate of posts needs of AWS, on paper: npm run capacity -- --posts-per-second 50
import { parseArgs } from 'node:util';
import { runTool } from '../../ops/run-tool.ts';
import { countOf, parametersOf, stageOf } from '../planning-options.ts';
import { readFacts } from './facts.ts';
import { limitsOf } from './limits.ts';
import { readMeasured } from './measured.ts';
import { capacityLines } from './report.ts';
import { roadOf } from './road.ts';

const MOST_POSTS_PER_SECOND = 1_000_000;

const HELP = `npm run capacity -- --posts-per-second <n> [options]

  --posts-per-second <n>        up to 1,000,000; 10k and 1M will do
  --stage <stage>               whose settings (default: prod)
  --param <name>=<value>        as for a deploy; several times
  --topic-messages <n>          SNS's quota of messages a second, where it is not us-east-1's 30,000
  --json

Settings come from the compiled template, times from lab/capacity/measured.json (npm run capacity:measure), quotas
with their sources from lab/capacity/quotas.json.`;

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      'posts-per-second': { type: 'string' },
      stage: { type: 'string', default: 'prod' },
      param: { type: 'string', multiple: true },
      'topic-messages': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const postsPerSecond = countOf('posts-per-second', values['posts-per-second'], MOST_POSTS_PER_SECOND);
  const topicMessages =
    values['topic-messages'] === undefined
      ? undefined
      : countOf('topic-messages', values['topic-messages'], 1e9);
  const facts = await readFacts(stageOf(values.stage), parametersOf(values.param));
  const measured = readMeasured();
  const road = roadOf(facts, measured, postsPerSecond);
  const limits = limitsOf(facts, measured, postsPerSecond, { topicMessages });
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...road, limits }, null, 2)}\n`
      : `${capacityLines(road, limits).join('\n')}\n`,
  );
  return 0;
};

await runTool(main);
