// Lists, shows and sends back what failed: npm run redrive -- help
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.ts';
import { runTool } from '../run-tool.ts';
import { collect } from './failures/collect.ts';
import { listLines } from './list.ts';
import { filterOf, perSecondOf } from './options.ts';
import { send } from './sending/send.ts';
import { showFailure } from './show.ts';
import { chooseTarget, TARGET_HELP, TARGET_OPTIONS } from './target/choose.ts';

const HELP = `npm run redrive -- <command> [options]

  list        what waits: given up by the stream, parked, in dead-letter queues; why, since when, how often
  show <id>   one of them whole, with what users wrote in it
  send        sends them back; without --execute it only says what it would send

${TARGET_HELP}

Which ones (list, send):
  --source stream|parked|queue|subscription     may be given several times, as may --mapping, --queue and --id
  --mapping, --queue <logical id>   as list names them
  --since, --until <time>           of the first failure: 2026-11-20T10:00:00Z, 6h, 2d
  --reason <words>                  part of the reason
  --id <id>

How (send):
  --execute             really send
  --per-second <n>      changes and messages a second (default: 10)`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...TARGET_OPTIONS,
      source: { type: 'string', multiple: true },
      mapping: { type: 'string', multiple: true },
      queue: { type: 'string', multiple: true },
      since: { type: 'string' },
      until: { type: 'string' },
      reason: { type: 'string' },
      id: { type: 'string', multiple: true },
      execute: { type: 'boolean', default: false },
      'per-second': { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'help', id] = positionals;
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.help || !['list', 'show', 'send'].includes(command)) {
    tell(HELP);
    return values.help || command === 'help' ? 0 : 2;
  }
  if (command === 'show' && id === undefined)
    throw new OperatorError('show which one? show <id>, as list names it');

  const filter = filterOf(command === 'show' ? { id: [id] } : values);
  const perSecond = perSecondOf(values['per-second']);
  const target = chooseTarget(values);
  try {
    process.stderr.write(`On ${target.name}:\n`);
    const collected = await collect(target, filter);
    if (command === 'list') {
      for (const line of listLines(collected)) tell(line);
      return 0;
    }
    if (command === 'show') {
      const [failure] = collected.failures;
      if (!failure) throw new OperatorError(`nothing that waits has the id ${id}`);
      tell(await showFailure(target, collected.bucket, failure));
      return 0;
    }
    const { stay } = await send(target, collected, { execute: values.execute, perSecond, tell });
    return values.execute && stay > 0 ? 1 : 0;
  } finally {
    target.close();
  }
};

await runTool(main);
