import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '#lib/events/change.ts';
import type { Naming } from './naming.ts';
import { messageValues } from './sample.ts';

const TEMPLATES = join(import.meta.dirname, '../../templates/subscriber');
const template = (file: string): string => readFileSync(join(TEMPLATES, file), 'utf8');

const filled = (text: string, { name, key, queue }: Naming): string =>
  text.replaceAll('__NAME__', name).replaceAll('__KEY__', key).replaceAll('__QUEUE__', queue);

/** A line with the placeholder stands once for each change. */
const perChange = (text: string, changes: readonly Change[]): string =>
  text.replace(/^.*__CHANGE__.*\n/gm, (line) =>
    changes.map((change) => line.replaceAll('__CHANGE__', change)).join(''),
  );

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
  filterPolicy: `functions/${name}/filter-policy.yml`,
  sample: `events/${name}.json`,
  test: `tests/subscribers/${name}.test.ts`,
});

/** The files of a new subscriber, made from the templates: their paths below the service, and what is in them. */
export const filesOf = (naming: Naming, changes: readonly Change[]): Map<string, string> => {
  const paths = pathsOf(naming);
  return new Map([
    [paths.handler, filled(template('handler.ts'), naming)],
    [paths.function, filled(template('function.yml'), naming)],
    [paths.filterPolicy, perChange(template('filter-policy.yml'), changes)],
    [paths.sample, sampleOf(naming, changes)],
    [paths.test, filled(template('subscriber.test.ts'), naming)],
  ]);
};
