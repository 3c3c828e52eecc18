import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The directory that holds serverless.yml. */
export const serviceDirectory = resolve(import.meta.dirname, '..');

const Configuration = z.object({ service: z.string() });

/** The `service` of serverless.yml. The names of stacks, functions and log groups begin with it. */
export const serviceName = Configuration.parse(
  parse(readFileSync(join(serviceDirectory, 'serverless.yml'), 'utf8')),
).service;

/** The CloudFormation stack of a stage. */
export const stackNameOf = (stage: string): string => `${serviceName}-${stage}`;
