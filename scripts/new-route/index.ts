// A route in a minute: npm run new:route -- --help
import { authOf } from '#lib/http/route.ts';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { contractText } from '../contracts/index.ts';
import { openApiDocument } from '../contracts/openapi.ts';
import { type ApiRoute, readRoutes } from '../contracts/routes.ts';
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
import { type Address, addressOf } from './address.ts';
import { filesOf, pathsOf } from './files.ts';

const CONTRACT = 'docs/openapi.json';
const EXAMPLE = "npm run new:route -- like-post --method PUT --path '/posts/{postId}/like'";

const add = async (naming: Naming, address: Address): Promise<void> => {
  const { name, key } = naming;
  const files = filesOf(naming, address);
  addFunction(name, files);
  write(CONTRACT, contractText(await openApiDocument()));
  say('Written:', ...list(files.keys()), 'Changed:', ...list([CONFIGURATION, CONTRACT]));
  say(
    '',
    'Next:',
    `  describe requests and responses in functions/${name}/route.ts, write the work in handler.ts,`,
    `  grant its permissions in function.yml; then`,
    '  npm run contracts',
    `  npm test -- tests/http/${name}.test.ts`,
    `  npx sls invoke local -f ${key} -p events/${name}.json`,
    '  npm start',
    'Undo:',
    `  npm run new:route -- ${name} --undo`,
  );
};

const undo = async (naming: Naming, routes: readonly ApiRoute[]): Promise<void> => {
  const { name } = naming;
  const route = routes.find(({ folder }) => folder === name);
  if (!exists(`functions/${name}`) || !route) {
    throw new OperatorError(`There is no route ${name}: functions/${name}/route.ts does not exist`);
  }
  const address = addressOf({ ...route, caller: authOf(route) }, []);
  removeFunction(name, Object.values(pathsOf(naming)), filesOf(naming, address));
  write(CONTRACT, contractText(await openApiDocument()));
  say(`Removed ${name}, and its line in ${CONFIGURATION}.`);
};

const HELP = `npm run new:route -- <name> --method <method> --path <path> [--caller <caller>]
npm run new:route -- <name> --undo

Writes a route of the API: its folder below functions/, a sample event, a test, and its line in serverless.yml.

  --method <method>   for example PUT
  --path <path>       for example '/posts/{postId}/like'
  --caller <caller>   whether the caller needs a token: required (default), optional, none
  --undo              removes it again, if no file was edited`;

const OPTIONS = {
  method: { type: 'string' },
  path: { type: 'string' },
  caller: { type: 'string' },
  undo: { type: 'boolean', default: false },
} as const;

await runTool({ help: HELP, options: OPTIONS, allowPositionals: true }, async ({ values, positionals }) => {
  const { method, path, caller } = values;
  const naming = namingOf(oneName(positionals, EXAMPLE), surroundings());
  const routes = await readRoutes();
  if (!values.undo) await add(naming, addressOf({ method, path, caller }, routes));
  else if (method ?? path ?? caller)
    throw new OperatorError('--undo accepts no other option: it removes the whole route');
  else await undo(naming, routes);
  return 0;
});
