// Lints what would be deployed: the compiled templates of dev and prod, and one with every parameter set.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compiledService } from '#tests/support/compiled-service.ts';
import { runTool } from '../ops/run-tool.ts';
import { pythonTool, skipLoudly, ToolUnreachable } from './python-tool.ts';

const CFN_LINT = 'cfn-lint==1.58.0';
const CHECKOV = 'checkov==3.3.30';

/** Findings of cfn-lint that are not followed, each with its reason. */
const CFN_LINT_SKIPS = {
  W3005: 'The framework writes DependsOn next to references that imply it; redundant, never wrong.',
};

/** Findings of checkov that are not followed, each with its reason. Those of a single table are in its metadata. */
const CHECKOV_SKIPS = {
  CKV_AWS_18: 'Access to the buckets is logged by CloudTrail data events, an account’s choice and cost.',
  CKV_AWS_21:
    'Failures are written once under unique keys and expire; deployments are kept as five versions.',
  CKV_AWS_27:
    'Queues use SSE-SQS; SNS cannot deliver under alias/aws/sqs. With customerKey they use that key.',
  CKV_AWS_115: 'Concurrency is bounded at the mappings and the API; reserving it takes it from the account.',
  CKV_AWS_116:
    'Nothing is invoked asynchronously: queues and the stream have their own failure destinations.',
  CKV_AWS_117: 'No function reaches into a VPC; all services are called over TLS with IAM.',
  CKV_AWS_119: 'DynamoDB encrypts with a key of its own; with customerKey with that.',
  CKV_AWS_158: 'CloudWatch Logs encrypts with a key of its own; log lines hold ids, never content.',
  CKV_AWS_173:
    'Environments are encrypted by Lambda; a customer key would be one more call at each cold start.',
};

const run = (command: string, words: readonly string[]): boolean => {
  const { status, error } = spawnSync(command, words, { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
};

const cfnLint = (templates: readonly string[]): boolean =>
  run(join(pythonTool(CFN_LINT), 'cfn-lint'), [
    '--ignore-checks',
    ...Object.keys(CFN_LINT_SKIPS),
    '--template',
    ...templates,
  ]);

const checkov = (templates: readonly string[]): boolean =>
  run(join(pythonTool(CHECKOV), 'checkov'), [
    '--framework',
    'cloudformation',
    '--quiet',
    '--compact',
    '--skip-download',
    '--skip-check',
    Object.keys(CHECKOV_SKIPS).join(','),
    ...templates.flatMap((template) => ['--file', template]),
  ]);

const LINTERS = { 'cfn-lint': cfnLint, checkov };

/** The parameters of each template that is linted, by its stage. */
const TEMPLATES = [
  ['dev', {}],
  ['prod', {}],
  [
    'prod',
    {
      customerKey: 'create',
      alarmEmail: 'operator@example.com',
      maxWriteUnits: '1000',
      archive: 'on',
      reminders: 'on',
    },
  ],
] as const;

const HELP =
  'npm run lint:template\n\nRuns cfn-lint and checkov on the templates of dev, prod, and every parameter.';

await runTool({ help: HELP, options: {} }, async () => {
  const templates = [];
  for (const [stage, parameters] of TEMPLATES)
    templates.push((await compiledService(stage, parameters)).templateFile);
  let isClean = true;
  for (const [name, lint] of Object.entries(LINTERS)) {
    try {
      const clean = lint(templates);
      console.log(`${name}: ${clean ? 'no findings' : 'findings, see above'}`);
      isClean &&= clean;
    } catch (error) {
      if (!(error instanceof ToolUnreachable)) throw error;
      skipLoudly(`the templates were not checked by ${name}`, error);
    }
  }
  return isClean ? 0 : 1;
});
