import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { stackNameOf } from '../../ops/service.ts';
import { copyService, frameworkProgram } from '../../scripts/service-copy.ts';

export const STACK_NAME = stackNameOf('dev');

const edit = async (file: string, from: string, to: string): Promise<void> => {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no "${from}" to change`);
  await writeFile(file, text.replace(from, to));
};

/** A copy of the service that can be deployed, changed and removed with the framework's own commands. */
export const deployableCopy = async (directory: string, environment: Readonly<Record<string, string>>) => {
  await copyService(directory);
  await copyFile(join(import.meta.dirname, 'plugin.cjs'), join(directory, 'rehearsal.cjs'));
  // Last, so that it sees what every other plugin has added to the template.
  const lastPlugin = '  - serverless-local-stack\n';
  await edit(join(directory, 'serverless.yml'), lastPlugin, `${lastPlugin}  - ./rehearsal.cjs\n`);

  const sls = async (command: string): Promise<void> => {
    const { PATH, HOME } = process.env;
    await promisify(execFile)(process.execPath, [frameworkProgram, command], {
      cwd: directory,
      env: { PATH, HOME, ...environment },
      timeout: 90_000,
    });
  };
  return {
    deploy: () => sls('deploy'),
    remove: () => sls('remove'),
    change: (file: string, from: string, to: string) => edit(join(directory, file), from, to),
  };
};

/** The physical ids of a stack's resources by logical id. */
export const physicalIds = async (client: CloudFormationClient): Promise<Map<string, string>> => {
  const ids = new Map<string, string>();
  const pages = paginateListStackResources({ client }, { StackName: STACK_NAME });
  for await (const { StackResourceSummaries = [] } of pages) {
    for (const { LogicalResourceId, PhysicalResourceId } of StackResourceSummaries) {
      if (LogicalResourceId && PhysicalResourceId) ids.set(LogicalResourceId, PhysicalResourceId);
    }
  }
  return ids;
};
