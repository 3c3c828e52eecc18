import { isObject, parseExactJson } from './exact-json.ts';
import { compilePattern, exact, type Pattern } from './pattern.ts';

/** Whether one record (in the shape the function would see) passes the filter criteria. */
export type EventFilter = (record: unknown) => boolean;

/**
 * Filters of one mapping: a record passes when any pattern matches.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export function streamFilter(patterns: readonly string[]): EventFilter {
  const compiled = patterns.map((pattern) => compilePattern(pattern).matches);
  return (record) => {
    const event = exact(record);
    return compiled.some((matches) => matches(event));
  };
}

/** A `body` pattern is either rules for the plain string or a pattern for a JSON body. */
function bodyFormat(source: { [key: string]: unknown }): 'none' | 'text' | 'json' {
  const { body } = source;
  if (body === undefined) return 'none';
  return isObject(body) ? 'json' : 'text';
}

function parsedBody(body: unknown): { json: boolean; value: unknown } {
  if (typeof body !== 'string') return { json: false, value: body };
  try {
    const value = parseExactJson(body);
    // Lambda takes objects and lists for JSON; a quoted word or a number is a plain string.
    return typeof value === 'object' && value !== null && (isObject(value) || Array.isArray(value))
      ? { json: true, value }
      : { json: false, value: body };
  } catch {
    return { json: false, value: body };
  }
}

/**
 * As streamFilter, for SQS: the body is parsed when it is JSON, and a message whose body has another format
 * than the pattern expects does not pass.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html#filtering-SQS-JSON-format
 */
export function queueFilter(patterns: readonly string[]): EventFilter {
  const compiled: { matches: Pattern; format: 'none' | 'text' | 'json' }[] = patterns.map((pattern) => {
    const { matches, source } = compilePattern(pattern);
    return { matches, format: bodyFormat(source) };
  });
  return (record) => {
    if (!isObject(record)) return false;
    const body = parsedBody(record.body);
    const { body: _, ...metadata } = record;
    const rest = exact(metadata);
    const event = { ...(isObject(rest) ? rest : {}), body: body.value };
    return compiled.some(
      ({ matches, format }) => (format === 'none' || (format === 'json') === body.json) && matches(event),
    );
  };
}
