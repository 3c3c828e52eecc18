// Takes one right at a time away from a function's role, in a copy of the service, and shows whether the end-to-end tests
// that use it notice: they fail, and the stack says what was denied. npm run rights -w lab -- --help
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { type Right, readSeen, rightsByFunction } from '../../scripts/rights/report.ts';
import { serviceDirectory } from '../../scripts/service-copy.ts';

/** The quickest first: those that use a right run until one fails. */
const TESTS = [
  'tests/invoke-local/samples',
  'api\\.e2e',
  'tests/end-to-end/service',
  'tests/redrive/redrive',
];

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
    throw new Error('serverless.yml no longer lists the local stack among its plugins');
  writeFileSync(configuration, withPlugin);
  return copy;
};

/** Runs some of the tests. @returns whether they failed, what they printed, and what the stack saw of rights meanwhile */
const runTests = async (
  copy: string,
  tests: readonly string[],
): Promise<{ failed: boolean; output: string; seen: ReturnType<typeof readSeen> }> => {
  const record = mkdtempSync(join(tmpdir(), 'rights-'));
  try {
    const suite = spawn(
      process.execPath,
      ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--bail', ...tests],
      {
        cwd: copy,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LOCAL_STACK_RIGHTS_RECORD: record },
      },
    );
    let output = '';
    for (const stream of [suite.stdout, suite.stderr]) stream.on('data', (chunk) => (output += chunk));
    const [status] = await once(suite, 'exit');
    return { failed: status !== 0, output, seen: readSeen(record) };
  } finally {
    rmSync(record, { recursive: true });
  }
};

const remove = (copy: string, functionKey: string | undefined, action = '') => {
  const name = functionKey && `${functionKey.slice(0, 1).toUpperCase()}${functionKey.slice(1)}LambdaFunction`;
  writeFileSync(
    join(copy, 'resources/plugins/removed-right.json'),
    JSON.stringify({ functionId: name ?? null, action }),
  );
};

const HELP = `npm run rights -w lab -- [functions] [--all]

Takes one right of each function away, and shows whether the end-to-end tests that use it notice.

  --all   each right that the tests use`;

const OPTIONS = { all: { type: 'boolean', default: false } } as const;

await runTool({ help: HELP, options: OPTIONS, allowPositionals: true }, async ({ values, positionals }) => {
  const copy = copyRepository();
  try {
    remove(copy, undefined);
    const wholes: { test: string; seen: ReturnType<typeof readSeen> }[] = [];
    for (const test of TESTS) {
      const whole = await runTests(copy, [test]);
      if (whole.failed) throw new OperatorError(`${test} fails with every right:\n${whole.output}`);
      wholes.push({ test, seen: whole.seen });
    }
    const all = rightsByFunction(wholes.flatMap(({ seen }) => seen));
    const unknown = positionals.filter((name) => all.every(({ functionKey }) => functionKey !== name));
    if (unknown.length > 0) throw new OperatorError(`there is no function ${unknown.join(', ')}`);

    let unnoticed = 0;
    for (const { functionKey, used } of all) {
      if (positionals.length > 0 && !positionals.includes(functionKey)) continue;
      const actions = [...new Set(used.map(({ action }: Right) => action))];
      for (const action of values.all ? actions : actions.slice(0, 1)) {
        remove(copy, functionKey, action);
        const isIt = (right: Right) => right.functionKey === functionKey && right.action === action;
        const tests = wholes.filter(({ seen }) => seen.some((right) => right.seen === 'used' && isIt(right)));
        const { failed, output, seen } = await runTests(
          copy,
          tests.map(({ test }) => test),
        );
        const denied = seen.some((right) => right.seen === 'denied' && isIt(right));
        const noticed = failed && (denied || output.includes(action));
        if (!noticed) unnoticed += 1;
        process.stdout.write(
          `${noticed ? '✓' : '✗'} ${functionKey} without ${action}: ${noticed ? 'noticed' : 'not noticed'}\n`,
        );
      }
    }
    return unnoticed > 0 ? 1 : 0;
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  }
});
