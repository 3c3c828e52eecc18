// What a month costs, and what it would cost otherwise: npm run cost -- --posts-per-day 1M
import { parseArgs } from 'node:util';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { readFacts } from '../capacity/facts.ts';
import { readMeasured } from '../capacity/measured.ts';
import { countOf, parametersOf, stageOf } from '../planning-options.ts';
import { billFor, compare, type Options } from './compare.ts';
import { memoryChoices } from './memory.ts';
import { costLines, idleLines, memoryLines } from './report.ts';

const MOST_POSTS_PER_DAY = 86_400_000_000;

const HELP = `npm run cost -- --posts-per-day <n> [options]
npm run cost -- --idle
npm run cost -- --memory

  --posts-per-day <n>           up to 86,400,000,000; 10k and 1M will do
  --idle                        what each variant costs while nothing is posted
  --memory                      what each function takes and costs in other sizes
  --stage <stage>               whose settings (default: prod)
  --param <name>=<value>        as for a deploy; several times
  --free-tier                   the account's free tiers are this service's
  --topic-sends billed|free     whether a message that SNS puts into a queue is a request of SQS (default: billed)
  --json

Prices, each with its source: lab/cost/prices.json. Times and units: lab/capacity/measured.json.`;

/** Stages and options whose idling differs. */
const VARIANTS: readonly { stage: string; parameters: Readonly<Record<string, string>> }[] = [
  { stage: 'dev', parameters: {} },
  { stage: 'prod', parameters: {} },
  { stage: 'prod', parameters: { customerKey: 'create' } },
  { stage: 'prod', parameters: { archive: 'on' } },
  { stage: 'prod', parameters: { reminders: 'on' } },
  { stage: 'prod', parameters: { moderation: 'comprehend' } },
  { stage: 'prod', parameters: { search: 'opensearch' } },
];

const tellIdle = async (options: Options, json: boolean): Promise<string> => {
  const measured = readMeasured();
  const variants = [];
  for (const { stage, parameters } of VARIANTS) {
    const words = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
    const facts = await readFacts(stage, parameters);
    variants.push({
      name: [stage, ...words].join(' '),
      bill: billFor('broadcast', facts, measured, 0, options),
    });
  }
  return json ? JSON.stringify(variants, null, 2) : idleLines(variants, options).join('\n');
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      'posts-per-day': { type: 'string' },
      idle: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      stage: { type: 'string', default: 'prod' },
      param: { type: 'string', multiple: true },
      'free-tier': { type: 'boolean', default: false },
      'topic-sends': { type: 'string', default: 'billed' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const tell = (text: string) => void process.stdout.write(`${text}\n`);
  if (values.help) {
    tell(HELP);
    return 0;
  }
  const sends = values['topic-sends'];
  if (sends !== 'billed' && sends !== 'free')
    throw new OperatorError(`--topic-sends: must be billed or free and is "${sends}"`);
  const options = { freeTier: values['free-tier'], sendsAreBilled: sends === 'billed' };
  if (values.idle) {
    tell(await tellIdle(options, values.json));
    return 0;
  }
  const stage = stageOf(values.stage);
  const parameters = parametersOf(values.param);
  if (values.memory) {
    const choices = memoryChoices(await readFacts(stage, parameters), readMeasured());
    tell(values.json ? JSON.stringify(choices, null, 2) : memoryLines(choices).join('\n'));
    return 0;
  }
  const postsPerDay = countOf('posts-per-day', values['posts-per-day'], MOST_POSTS_PER_DAY);
  const facts = await readFacts(stage, parameters);
  const comparison = compare(facts, readMeasured(), postsPerDay, options);
  tell(values.json ? JSON.stringify(comparison, null, 2) : costLines(comparison, options).join('\n'));
  return 0;
};

await runTool(main);
