// Takes one right at a time away from a function's role, in a copy of the service, and shows whether the end-to-end tests
// notice: the suite fails, and the stack says what was denied. npm run rights -w lab -- --help
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { type Right, readSeen, rightsByFunction } from '../../scripts/rights/report.ts';
import { serviceDirectory } from '../../scripts/service-copy.ts';

const TESTS = ['tests/invoke-local/samples', 'api\\.e2e', 'tests/road/road', 'tests/redrive/redrive'];

/** Takes the right that a file names out of the compiled template. */
const PLUGIN = `const { readFileSync } = require('node:fs');
const { join } = require('node:path');
module.exports = class RemoveRight {
  constructor(serverless) {
    this.hooks = {
      'before:package:finalize': () => {
        const { functionId, action } = JSON.parse(readFileSync(join(__dirname, 'removed-right.json'), 'utf8'));
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        const role = Resources[functionId]?.Properties.Role['Fn::GetAtt'][0];
        for (const { PolicyDocument } of Resources[role]?.Properties.Policies ?? [])
          PolicyDocument.Statement = PolicyDocument.Statement.flatMap((statement) => {
            const Action = [statement.Action].flat().filter((one) => one !== action);
            return Action.length > 0 ? [{ ...statement, Action }] : [];
          });
      },
    };
  }
};
`;

const copyRepository = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'removed-rights-'));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: serviceDirectory, encoding: 'utf8' });
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(serviceDirectory, file), join(copy, file));
  }
  symlinkSync(join(serviceDirectory, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'resources/plugins/remove-right.js'), PLUGIN);
  const configuration = join(copy, 'serverless.yml');
  const text = readFileSync(configuration, 'utf8');
  const withPlugin = text.replace(
    /^ {2}- serverless-local-stack$/m,
    '  - ./resources/plugins/remove-right.js\n$&',
  );
  if (withPlugin === text)
    throw new Error('serverless.yml does not name the local stack among its plugins any more');
  writeFileSync(configuration, withPlugin);
  return copy;
};

/** @param words for Jest */
const runSuite = async (
  copy: string,
  words: readonly string[] = [],
): Promise<{ failed: boolean; output: string; record: string }> => {
  const record = mkdtempSync(join(tmpdir(), 'rights-'));
  const suite = spawn(
    process.execPath,
    ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...words, ...TESTS],
    {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LOCAL_STACK_RIGHTS_RECORD: record },
    },
  );
  let output = '';
  for (const stream of [suite.stdout, suite.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [status] = await once(suite, 'exit');
  return { failed: status !== 0, output, record };
};

const remove = (copy: string, functionKey: string | undefined, action = '') => {
  const name = functionKey && `${functionKey.slice(0, 1).toUpperCase()}${functionKey.slice(1)}LambdaFunction`;
  writeFileSync(
    join(copy, 'resources/plugins/removed-right.json'),
    JSON.stringify({ functionId: name ?? null, action }),
  );
};

const HELP = `npm run rights -w lab -- [functions] [--all]

Takes one right of each function away, and shows whether the end-to-end tests notice.

  --all   each right that the suite uses`;

const OPTIONS = { all: { type: 'boolean', default: false } } as const;

await runTool({ help: HELP, options: OPTIONS, allowPositionals: true }, async ({ values, positionals }) => {
  const copy = copyRepository();
  try {
    remove(copy, undefined);
    const whole = await runSuite(copy);
    if (readdirSync(whole.record).length === 0)
      throw new Error(`the suite recorded nothing:\n${whole.output}`);
    const functions = rightsByFunction(readSeen(whole.record));
    rmSync(whole.record, { recursive: true });
    const unknown = positionals.filter((name) => functions.every(({ functionKey }) => functionKey !== name));
    if (unknown.length > 0) throw new OperatorError(`there is no function ${unknown.join(', ')}`);
    if (whole.failed)
      process.stdout.write('The suite fails already with every right: a removal counts by its denial.\n');

    let unnoticed = 0;
    for (const { functionKey, used } of functions) {
      if (positionals.length > 0 && !positionals.includes(functionKey)) continue;
      const actions = [...new Set(used.map(({ action }: Right) => action))];
      for (const action of values.all ? actions : actions.slice(0, 1)) {
        remove(copy, functionKey, action);
        const { failed, output, record } = await runSuite(copy, ['--bail']);
        const denied = readSeen(record).some(
          (right) => right.seen === 'denied' && right.functionKey === functionKey && right.action === action,
        );
        rmSync(record, { recursive: true });
        const noticed = failed && (denied || output.includes(action));
        if (!noticed) unnoticed += 1;
        process.stdout.write(
          `${noticed ? '✓' : '✗'} ${functionKey} without ${action}: ${noticed ? 'noticed' : 'not noticed'}\n`,
        );
      }
    }
    return unnoticed > 0 ? 1 : 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
