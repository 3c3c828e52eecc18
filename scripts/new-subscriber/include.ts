import { Problem } from './problem.ts';

const lineOf = (name: string): string => `  - \${file(functions/${name}/function.yml)}\n`;
const INCLUDE = /^ {2}- \$\{file\(functions\/[^)]+\/function\.yml\)\}\n/gm;

/** serverless.yml with the subscriber after the functions that are in it. @throws {Problem} when there are none */
export const withInclude = (configuration: string, name: string): string => {
  const last = [...configuration.matchAll(INCLUDE)].at(-1);
  if (!last) throw new Problem('serverless.yml includes no function: where does a subscriber belong?');
  const end = last.index + last[0].length;
  return `${configuration.slice(0, end)}${lineOf(name)}${configuration.slice(end)}`;
};

/** serverless.yml without the subscriber. */
export const withoutInclude = (configuration: string, name: string): string =>
  configuration.replace(lineOf(name), '');
