// Lists, shows and sends back what failed: npm run redrive -- help
import { OperatorError } from '../operator-error.ts';
import { runTool } from '../run-tool.ts';
import { collect } from './failures/collect.ts';
import { listLines } from './list.ts';
import { filterOf, perSecondOf } from './options.ts';
import { send } from './sending/send.ts';
import { showFailure } from './show.ts';
import { chooseTarget, TARGET_HELP, TARGET_OPTIONS } from './target/choose.ts';

const HELP = `npm run redrive -- <command> [options]

  list        every failure (given up by the stream, parked, in dead-letter queues) with cause, time and count
  show <id>   one failure in full, including what users wrote
  send        redrives failures; without --execute it only shows what it would send

${TARGET_HELP}

Which ones (list, send):
  --source stream|parked|queue|subscription     can be repeated, as can --mapping, --queue and --id
  --mapping, --queue <logical id>   as shown by list
  --since, --until <time>           of the first failure: 2026-11-20T10:00:00Z, 30m, 6h, 2d
  --reason <words>                  part of the reason
  --id <id>

How (send):
  --execute             really send
  --per-second <n>      changes and messages a second (default: 10)`;

const FILTER_OPTIONS = {
  source: { type: 'string', multiple: true },
  mapping: { type: 'string', multiple: true },
  queue: { type: 'string', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
  reason: { type: 'string' },
  id: { type: 'string', multiple: true },
} as const;
const SEND_OPTIONS = { execute: { type: 'boolean' }, 'per-second': { type: 'string' } } as const;

/** The options of each command, in addition to the target's. */
const COMMANDS = {
  list: FILTER_OPTIONS,
  show: {},
  send: { ...FILTER_OPTIONS, ...SEND_OPTIONS },
} as const;
type Command = keyof typeof COMMANDS;
const isCommand = (word: string): word is Command => word in COMMANDS;

/** @throws {OperatorError} when an option is given that the command would not heed */
const refuseOthers = (command: Command, given: object): void => {
  const others = Object.keys(given).filter((name) => !(name in TARGET_OPTIONS || name in COMMANDS[command]));
  if (others.length > 0) throw new OperatorError(`${command} does not accept --${others.join(', --')}`);
};

const tell = (line: string) => void process.stdout.write(`${line}\n`);

await runTool(
  { help: HELP, options: { ...TARGET_OPTIONS, ...FILTER_OPTIONS, ...SEND_OPTIONS }, allowPositionals: true },
  async ({ values, positionals: [command = 'help', id, ...more] }) => {
    if (command === 'help') {
      tell(HELP);
      return 0;
    }
    if (!isCommand(command))
      throw new OperatorError(`unknown command ${command}: use ${Object.keys(COMMANDS).join(', ')}`);
    refuseOthers(command, values);
    if ((command === 'show') !== (id !== undefined) || more.length > 0)
      throw new OperatorError('use redrive list, redrive send, or redrive show <id> with an id of the list');
    const execute = values.execute ?? false;
    const filter = filterOf(command === 'show' ? { id: [id] } : values);
    const perSecond = perSecondOf(values['per-second'] ?? '10');
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
        if (!failure) throw new OperatorError(`no failure has the id ${id}: redrive list shows the ids`);
        tell(await showFailure(target, collected.bucket, failure));
        return 0;
      }
      const { stay } = await send(target, collected, { execute, perSecond, tell });
      return execute && stay > 0 ? 1 : 0;
    } finally {
      target.close();
    }
  },
);
