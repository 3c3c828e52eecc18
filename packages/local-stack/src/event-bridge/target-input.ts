import { isObject } from '../event-source-mappings/index.ts';

/** An event as EventBridge hands it to targets. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Without milliseconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What of an event a target gets. */
export type TargetInput =
  | { readonly kind: 'event' }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'template';
      readonly template: string;
      readonly paths: Readonly<Record<string, string>>;
    };

/** Of the rule that matched, for predefined variables. */
export interface InputContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** ISO 8601. */
  readonly ingestionTime: string;
}

/** Names, numbers in brackets and `*`, behind `$`. */
const stepsOf = (path: string): string[] =>
  [...path.replace(/^\$/, '').matchAll(/\.([\w\-/*]+)|\[(\d+|\*)\]/g)].map(
    ([, name, index]) => name ?? index ?? '',
  );

const PATH = /^\$(\.[\w\-/*]+|\[(\d+|\*)\])*$/;

/** Whether EventBridge can read a JSON path. */
export const isPath = (path: string): boolean => PATH.test(path);

/** What a path leads to; `undefined` when there is nothing. */
const valueAt = (event: unknown, path: string): unknown =>
  stepsOf(path).reduce<unknown>((value, step) => {
    if (step === '*') {
      if (Array.isArray(value)) return value;
      return isObject(value) ? Object.values(value) : undefined;
    }
    if (Array.isArray(value)) return /^\d+$/.test(step) ? value[Number(step)] : undefined;
    return isObject(value) ? value[step] : undefined;
  }, event);

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** As the contents of a JSON string. */
const inQuotes = (value: unknown): string =>
  value === undefined ? '' : JSON.stringify(asText(value)).slice(1, -1);

const PLACEHOLDER = /<([\w.-]+)>/g;

/**
 * A template with its placeholders filled: within quotes by the text of a value, outside of them by its JSON. A template
 * that is neither an object, a list nor a string is plain text.
 */
const fill = (template: string, valueFor: (name: string) => unknown): string => {
  if (!/^\s*["[{<]/.test(template) || isPlainText(template))
    return template.replace(PLACEHOLDER, (_, name: string) => {
      const value = valueFor(name);
      return value === undefined ? '' : asText(value);
    });
  let isQuoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') isQuoted = !isQuoted;
    if (name === undefined) return found;
    const value = valueFor(name);
    return isQuoted ? inQuotes(value) : (JSON.stringify(value) ?? 'null');
  });
};

/** `<instance> is in state <status>`: words beside a placeholder that begins the template. */
const isPlainText = (template: string): boolean =>
  /^\s*</.test(template) && !/^\s*<[\w.-]+>\s*$/.test(template);

/**
 * The text that a target gets of an event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export const targetText = (input: TargetInput, event: BusEvent, context: InputContext): string => {
  switch (input.kind) {
    case 'event':
      return JSON.stringify(event);
    case 'constant':
      return input.text;
    case 'path':
      return JSON.stringify(valueAt(event, input.path)) ?? 'null';
    case 'template': {
      const { detail: _, ...withoutDetail } = event;
      const predefined: Readonly<Record<string, unknown>> = {
        'aws.events.rule-arn': context.ruleArn,
        'aws.events.rule-name': context.ruleName,
        'aws.events.event.ingestion-time': context.ingestionTime,
        'aws.events.event': withoutDetail,
        'aws.events.event.json': event,
      };
      return fill(input.template, (name) => {
        if (Object.hasOwn(predefined, name)) return predefined[name];
        const path = input.paths[name];
        return path === undefined ? undefined : valueAt(event, path);
      });
    }
  }
};
