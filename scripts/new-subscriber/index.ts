// A subscriber in a minute: npm run new:subscriber -- --help
import { z } from 'zod';
import { Change } from '#lib/events/change.ts';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { asyncApiDocument } from '../contracts/asyncapi.ts';
import { contractText } from '../contracts/index.ts';
import { type Naming, namingOf } from '../new-function/naming.ts';
import {
  addFunction,
  CONFIGURATION,
  exists,
  list,
  oneName,
  removeFunction,
  say,
  surroundings,
  write,
} from '../new-function/workspace.ts';
import { subscribers } from '../subscribers.ts';
import { changesOf } from './changes.ts';
import { filesOf, pathsOf } from './files.ts';

const CONTRACT = 'docs/asyncapi.json';
const EXAMPLE = 'npm run new:subscriber -- audit-log --change published';

const add = (naming: Naming, changes: readonly Change[]): void => {
  const { name, key } = naming;
  const files = filesOf(naming, changes);
  addFunction(name, files);
  write(CONTRACT, contractText(asyncApiDocument()));
  say('Written:', ...list(files.keys()), 'Changed:', ...list([CONFIGURATION, CONTRACT]));
  say(
    '',
    'Next:',
    `  write the work in functions/${name}/handler.ts`,
    `  npm test -- tests/subscribers/${name}.test.ts`,
    `  npx sls invoke local -f ${key} -p events/${name}.json`,
    '  npm start',
    'Undo:',
    `  npm run new:subscriber -- ${name} --undo`,
  );
};

const FilterPolicy = z.strictObject({ change: z.array(Change).min(1) });

/** The files as the command wrote them, by the changes that the filter policy names; undefined when nothing tells. */
const asWritten = (naming: Naming): Map<string, string> | undefined => {
  const folder = subscribers().find(({ name }) => name === naming.name);
  const policy = FilterPolicy.safeParse(folder?.filterPolicy);
  return policy.success ? filesOf(naming, policy.data.change) : undefined;
};

const undo = (naming: Naming): void => {
  const { name } = naming;
  if (!exists(`functions/${name}`)) {
    throw new OperatorError(`There is no subscriber ${name}: functions/${name} does not exist`);
  }
  removeFunction(name, Object.values(pathsOf(naming)), asWritten(naming));
  write(CONTRACT, contractText(asyncApiDocument()));
  say(`Removed ${name}, and its line in ${CONFIGURATION}.`);
};

const HELP = `npm run new:subscriber -- <name> --change <a,b,…>
npm run new:subscriber -- <name> --undo

Writes a subscriber of the topic: its folder below functions/, a sample event, a test, and its line in serverless.yml.

  --change <a,b,…>   the changes that it receives: ${Change.options.join(', ')}
  --undo             removes it again, if no file was edited`;

const OPTIONS = { change: { type: 'string' }, undo: { type: 'boolean', default: false } } as const;

await runTool({ help: HELP, options: OPTIONS, allowPositionals: true }, async ({ values, positionals }) => {
  const naming = namingOf(oneName(positionals, EXAMPLE), surroundings());
  if (!values.undo) add(naming, changesOf(values.change));
  else if (values.change === undefined) undo(naming);
  else throw new OperatorError('--undo does not accept --change: it removes the whole subscriber');
  return 0;
});
