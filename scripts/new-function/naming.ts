import { Script } from 'node:vm';
import { parse } from 'yaml';
import { OperatorError } from '../../ops/operator-error.ts';
import { serviceName } from '../../ops/service.ts';

/** What a function is called in its different places. */
export interface Naming {
  /** Its folder: `audit-log`. */
  name: string;
  /** Its function in serverless.yml: `auditLog`. */
  key: string;
  /** How the logical ids of its resources begin: `AuditLog`. */
  id: string;
}

/** What is there already. */
export interface Surroundings {
  /** Folders below functions/, and the keys of their functions. */
  functions: readonly { folder: string; key: string }[];
  /** Logical ids of all other resources. */
  logicalIds: readonly string[];
  /** Files below events/, without `.json`: each is for the function with the longest folder that it begins with. */
  samples: readonly string[];
}

const NAME = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const MAX_FUNCTION_NAME = 64;
/** What is left for a stage beside the longest key: names are `<service>-<stage>-<key>`. */
const STAGE_LENGTH = 24;
const MAX_KEY = MAX_FUNCTION_NAME - serviceName.length - STAGE_LENGTH - 2;

// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** .gitignore has them. */
const IGNORED_FOLDERS = ['coverage', 'dist'];

const keyOf = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The logical ids of a function's resources, as the framework and resources/plugins/post-events.js make them. */
export const logicalIdsOf = (key: string): string[] =>
  [
    ...['LambdaFunction', 'LogGroup', 'IamRoleLambdaExecution', 'Subscription', 'LambdaPermissionHttpApi'],
    ...['Queue', 'QueuePolicy', 'DeadLetterQueue', 'UndeliveredQueue', 'UndeliveredQueuePolicy'],
  ].map((suffix) => `${capitalized(key)}${suffix}`);

/** Whether JavaScript does not accept a word as a name. */
export const isReservedWord = (key: string): boolean => {
  try {
    new Script(`'use strict'; async () => { const ${key} = 0; }`);
    return false;
  } catch {
    return true;
  }
};

/** YAML 1.1, which some parsers still follow, reads words such as `on` as booleans. */
const isYamlText = (key: string): boolean =>
  (['1.1', '1.2'] as const).every((version) => parse(key, { version }) === key);

const folderOf = (sample: string, folders: readonly string[]): string | undefined =>
  folders
    .filter((folder) => sample === folder || sample.startsWith(`${folder}-`))
    .toSorted((a, b) => b.length - a.length)[0];

const refusalOf = (name: string, key: string, { functions, logicalIds, samples }: Surroundings) => {
  if (key.length > MAX_KEY) {
    return `is too long: it has ${key.length} characters without its hyphens, and may have ${MAX_KEY}`;
  }
  // The framework leaves out a property called `prototype` without a word.
  if (key in {} || key === 'prototype') return `is a property of every JavaScript object: ${key}`;
  if (isReservedWord(key)) return `is a reserved word of JavaScript: ${key}`;
  if (!isYamlText(key)) return 'is not a string in YAML';
  if (WINDOWS_DEVICE.test(name)) return 'is a device on Windows';
  if (IGNORED_FOLDERS.includes(name)) return 'is a folder that git ignores';

  const others = functions.filter(({ folder }) => folder !== name);
  const sameKey = others.find((other) => other.key.toLowerCase() === key.toLowerCase());
  if (sameKey) return `is already in use: functions/${sameKey.folder} has the function ${sameKey.key}`;
  const own = new Set(logicalIdsOf(key));
  const sameId = [...logicalIds, ...others.flatMap((other) => logicalIdsOf(other.key))].find((id) =>
    own.has(id),
  );
  if (sameId) return `is already in use: the stack already has ${sameId}`;
  const folders = others.map(({ folder }) => folder);
  const misread = samples.find(
    (sample) => folderOf(sample, folders) !== undefined && folderOf(sample, [...folders, name]) === name,
  );
  if (misread) return `would claim the sample events/${misread}.json`;
  return undefined;
};

/** @throws {OperatorError} saying what is wrong with the name */
export const namingOf = (name: string, surroundings: Surroundings): Naming => {
  if (!NAME.test(name)) {
    throw new OperatorError(
      `"${name}" is not a valid name: use lower-case words joined by hyphens, each beginning with a letter, such as audit-log`,
    );
  }
  const key = keyOf(name);
  const refusal = refusalOf(name, key, surroundings);
  if (refusal) throw new OperatorError(`"${name}" ${refusal}`);
  return { name, key, id: capitalized(key) };
};
