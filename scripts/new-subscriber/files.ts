import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '#lib/events/change.ts';
import type { Naming } from '../new-function/naming.ts';
import { messageValues } from './sample.ts';

const TEMPLATES = join(import.meta.dirname, 'templates');
const template = (file: string): string => readFileSync(join(TEMPLATES, file), 'utf8');

const filled = (text: string, { name, key }: Naming, changes: readonly Change[]): string =>
  text.replaceAll('__NAME__', name).replaceAll('__KEY__', key).replaceAll('__CHANGES__', changes.join(', '));

/** Puts values into a template of JSON: a string that is only a placeholder can become any value. */
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

const sampleOf = ({ name, id }: Naming, changes: readonly Change[]): string => {
  const Records = changes.map((change) =>
    filledJson(template('message.json'), messageValues(name, `${id}Queue`, change)),
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
