// Runs the service while faults strike, and checks what is left: npm run chaos -- --help
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isMixName, MIXES } from './mix.ts';
import { reportLines } from './report.ts';
import { runChaos } from './run/run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    mix: { type: 'string', default: 'everything' },
    posts: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
    service: { type: 'string', default: resolve(import.meta.dirname, '..') },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { mix } = values;
if (!isMixName(mix)) throw new Error(`there is no mix ${mix}, but ${Object.keys(MIXES).join(', ')}`);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const report = await runChaos({
  serviceDirectory: values.service,
  ...{ seed, mix },
  posts: Number(values.posts),
  keepData: values.keep,
  tell: values.json ? () => {} : say,
});
if (values.json) say(JSON.stringify(report, null, 2));
else for (const line of reportLines(report)) say(line);
process.exitCode = report.violations.length > 0 || report.failure !== undefined ? 1 : 0;
