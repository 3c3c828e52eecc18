import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '#lib/events/change.ts';
import { OperatorError } from '../../ops/operator-error.ts';
import type { Naming } from './naming.ts';
import { messageValues } from './sample.ts';

const TEMPLATES = join(import.meta.dirname, '../../templates/subscriber');
const template = (file: string): string => readFileSync(join(TEMPLATES, file), 'utf8');

const filled = (text: string, { name, key }: Naming, changes: readonly Change[]): string =>
  text.replaceAll('__NAME__', name).replaceAll('__KEY__', key).replaceAll('__CHANGES__', changes.join(', '));

/** Puts values into a template of JSON: a text that is only a placeholder can become any value. */
const filledJson = (text: string, values: Readonly<Record<string, unknown>>): unknown =>
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (value in values) return values[value];
    return Object.entries(values).reduce(
      (result, [placeholder, filling]) =>
        typeof filling === 'string' ? result.replaceAll(placeholder, filling) : result,
      value,
    );
  });

const sampleOf = ({ name, queue }: Naming, changes: readonly Change[]): string => {
  const Records = changes.map((change) =>
    filledJson(template('message.json'), messageValues(name, queue, change)),
  );
  return `${JSON.stringify({ Records }, null, 2)}\n`;
};

/** Where the files of a subscriber are, below the service. */
export const pathsOf = ({ name }: Pick<Naming, 'name'>) => ({
  handler: `functions/${name}/handler.ts`,
  function: `functions/${name}/function.yml`,
  sample: `events/${name}.json`,
  test: `tests/subscribers/${name}.test.ts`,
});

/** The files of a new subscriber, made from the templates: their paths below the service, and what is in them. */
export const filesOf = (naming: Naming, changes: readonly Change[]): Map<string, string> => {
  const paths = pathsOf(naming);
  return new Map([
    [paths.handler, filled(template('handler.ts'), naming, changes)],
    [paths.function, filled(template('function.yml'), naming, changes)],
    [paths.sample, sampleOf(naming, changes)],
    [paths.test, filled(template('subscriber.test.ts'), naming, changes)],
  ]);
};

const lineOf = (name: string): string => `  - \${file(functions/${name}/function.yml)}\n`;
const INCLUDE = /^ {2}- \$\{file\(functions\/[^)]+\/function\.yml\)\}\n/gm;

/** serverless.yml with the subscriber after the functions that are in it. @throws {OperatorError} when there are none */
export const withInclude = (configuration: string, name: string): string => {
  const last = [...configuration.matchAll(INCLUDE)].at(-1);
  if (!last) throw new OperatorError('serverless.yml includes no function: where does a subscriber belong?');
  const end = last.index + last[0].length;
  return `${configuration.slice(0, end)}${lineOf(name)}${configuration.slice(end)}`;
};

/** serverless.yml without the subscriber. */
export const withoutInclude = (configuration: string, name: string): string =>
  configuration.replace(lineOf(name), '');
