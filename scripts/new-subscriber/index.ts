// A subscriber in a minute: npm run new:subscriber -- <name> --change published,edited, and back by --undo.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { Change } from '#lib/events/change.ts';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { serviceDirectory as ROOT } from '../../ops/service.ts';
import { asyncApiDocument } from '../contracts/asyncapi.ts';
import { contractText } from '../contracts/index.ts';
import { functionKeys, subscribers } from '../subscribers.ts';
import { filesOf, pathsOf, withInclude, withoutInclude } from './files.ts';
import { changesOf, type Naming, namingOf, type Surroundings } from './naming.ts';

const CONFIGURATION = 'serverless.yml';
const CONTRACT = 'docs/asyncapi.json';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const write = (file: string, text: string): void => writeFileSync(join(ROOT, file), text);
const exists = (file: string): boolean => existsSync(join(ROOT, file));
const say = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const list = (files: Iterable<string>): string[] => [...files].map((file) => `  ${file}`);

const add = (naming: Naming, changes: readonly Change[]): void => {
  const { name, key } = naming;
  const files = filesOf(naming, changes);
  const inTheWay = [`functions/${name}`, ...files.keys()].filter(exists);
  if (inTheWay.length > 0) {
    throw new OperatorError(`Nothing was written, because there is already:\n${list(inTheWay).join('\n')}`);
  }
  const configuration = withInclude(read(CONFIGURATION), name);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text, { flag: 'wx' });
  }
  write(CONFIGURATION, configuration);
  write(CONTRACT, contractText(asyncApiDocument()));
  say('Written:', ...list(files.keys()), 'Changed:', ...list([CONFIGURATION, CONTRACT]));
  say('', 'Next:');
  say(`  npm test -- tests/subscribers/${name}.test.ts`);
  say(`  npx sls invoke local -f ${key} -p events/${name}.json`);
  say(`  npm start`, `  npm run new:subscriber -- ${name} --undo`);
};

const FilterPolicy = z.strictObject({ change: z.array(Change).min(1) });

/** The files as the command wrote them, by the changes that the filter policy names; undefined when nothing tells. */
const asWritten = (naming: Naming): Map<string, string> | undefined => {
  const folder = subscribers().find(({ name }) => name === naming.name);
  const policy = FilterPolicy.safeParse(folder?.filterPolicy);
  return policy.success ? filesOf(naming, policy.data.change) : undefined;
};

const Resources = z.object({ Resources: z.record(z.string(), z.unknown()).default({}) });

const surroundings = (): Surroundings => ({
  functions: functionKeys(),
  logicalIds: [
    // The framework's.
    'HttpApiLogGroup',
    ...readdirSync(join(ROOT, 'resources'))
      .filter((file) => file.endsWith('.yml'))
      .flatMap((file) => {
        const { success, data } = Resources.safeParse(
          parse(read(`resources/${file}`), { logLevel: 'error' }),
        );
        return success ? Object.keys(data.Resources) : [];
      }),
  ],
  samples: readdirSync(join(ROOT, 'events')).map((file) => file.replace(/\.json$/, '')),
});

const undo = (naming: Naming): void => {
  const { name } = naming;
  const folder = `functions/${name}`;
  const paths = Object.values(pathsOf(naming));
  if (!exists(folder)) throw new OperatorError(`There is no subscriber ${name}: ${folder} does not exist`);

  const written = asWritten(naming);
  const inFolder = readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`);
  const others = [...new Set([...paths.filter(exists), ...inFolder])].filter(
    (file) => written?.get(file) !== read(file),
  );
  if (others.length > 0) {
    throw new OperatorError(
      `Nothing was removed, because these are not as the command wrote them:\n${list(others).join('\n')}\n` +
        'What was worked on is for git to remove.',
    );
  }
  for (const path of [folder, ...paths]) rmSync(join(ROOT, path), { recursive: true, force: true });
  write(CONFIGURATION, withoutInclude(read(CONFIGURATION), name));
  write(CONTRACT, contractText(asyncApiDocument()));
  say(`Removed ${name}, and its line in ${CONFIGURATION}.`);
};

await runTool(async () => {
  const { values, positionals } = parseArgs({
    options: { change: { type: 'string' }, undo: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [name, ...more] = positionals;
  if (more.length > 0) throw new OperatorError(`One name at a time, not also ${more.join(', ')}`);
  const naming = namingOf(name, surroundings());
  if (!values.undo) add(naming, changesOf(values.change));
  else if (values.change === undefined) undo(naming);
  else throw new OperatorError('--undo takes no --change: it removes the subscriber whole');
  return 0;
});
