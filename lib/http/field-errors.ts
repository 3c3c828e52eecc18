import type * as z from '#lib/platform/zod.ts';
import type { FieldError } from './problem-details.ts';

/** The part of a request that a schema was for. */
export type Place = 'body' | 'parameter' | 'header';

// What the server decides about a post. A caller who sends one mistook who does.
const SERVER_FIELDS: ReadonlySet<PropertyKey> = new Set([
  'postId',
  'timestamp',
  'updatedAt',
  'version',
  'moderation',
  'correlationId',
]);

// Unknown fields are the caller's own text: a body of them must not come back many times its size.
const MAX_ERRORS = 50;

const escapedToken = (key: PropertyKey): string =>
  encodeURIComponent(String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));

/** A JSON Pointer in its URI fragment form, as RFC 9457 shows it: `#/content`. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  `#${path.map((key) => `/${escapedToken(key)}`).join('')}`;

const at = (place: Place, path: readonly PropertyKey[]): Omit<FieldError, 'detail'> =>
  place === 'body' ? { pointer: pointerTo(path) } : { [place]: String(path[0]) };

const unknownField = (place: Place, key: string): string => {
  if (place !== 'body') return 'is not a known parameter';
  return SERVER_FIELDS.has(key) ? 'is set by the server' : 'is not a known field';
};

const errorsOf = (place: Place, issue: z.core.$ZodIssue): FieldError[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ detail: unknownField(place, key), ...at(place, [...issue.path, key]) }))
    : [{ detail: issue.message, ...at(place, issue.path) }];

const messageOf: z.core.$ZodErrorMap = (issue) =>
  issue.input === undefined && issue.code !== 'unrecognized_keys' ? 'is required' : undefined;

/** A value that fits, or an entry for everything about it that does not. */
export type Checked<Value> = { ok: true; value: Value } | { ok: false; errors: FieldError[] };

/** Parses one part of a request. */
export const check = <Schema extends z.ZodMiniType>(
  place: Place,
  schema: Schema,
  input: unknown,
): Checked<z.output<Schema>> => {
  const result = schema.safeParse(input, { error: messageOf });
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues.flatMap((issue) => errorsOf(place, issue));
  return { ok: false, errors: errors.slice(0, MAX_ERRORS) };
};
