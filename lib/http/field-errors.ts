import type * as z from 'zod';
import type { FieldError } from './problem.ts';

// Unknown fields are the caller's own text: a body of them must not come back many times its size.
const MAX_ERRORS = 50;

const tokenOf = (key: PropertyKey): string =>
  encodeURIComponent(String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));

/** A JSON Pointer in its URI fragment form, as RFC 9457 shows it: `#/content`. */
const pointerTo = (path: readonly PropertyKey[]): string => ['#', ...path.map(tokenOf)].join('/');

const placeOf = ([part, ...path]: readonly PropertyKey[]): Omit<FieldError, 'detail'> => {
  if (part === 'body') return { pointer: pointerTo(path) };
  const name = String(path[0]);
  return part === 'headers' ? { header: name } : { parameter: name };
};

const errorsOf = (issue: z.core.$ZodIssue): FieldError[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ detail: 'is not known here', ...placeOf([...issue.path, key]) }))
    : [{ detail: issue.message, ...placeOf(issue.path) }];

/** The message of an issue when the schema has none of its own. */
export const messageOf: z.core.$ZodErrorMap = ({ input, code }) =>
  input === undefined && code !== 'unrecognized_keys' ? 'is required' : undefined;

/** What is wrong with a request, one entry for each invalid part. The paths begin with the part of the request. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues.flatMap(errorsOf).slice(0, MAX_ERRORS);
