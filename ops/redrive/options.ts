import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';
import type { Filter } from './failures/collect.ts';
import { SOURCES, type Source } from './failures/failure.ts';

const HOURS = { h: 1, d: 24 } as const;

/** A time as ISO 8601 says it, or so many hours (`6h`) or days (`2d`) ago; in Unix milliseconds. */
export const Time = z.string().transform((text, context): number => {
  const [, count, unit] = /^(\d+)([hd])$/.exec(text) ?? [];
  if (count && (unit === 'h' || unit === 'd')) return Date.now() - Number(count) * HOURS[unit] * 3_600_000;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  context.addIssue({ code: 'custom', message: `"${text}" is no time: 2026-11-20T10:00:00Z, 6h or 2d` });
  return z.NEVER;
});

export const PerSecond = z.coerce
  .number()
  .int('must be a whole number')
  .min(1, 'must be 1 to 500')
  .max(500, 'must be 1 to 500');

const isSource = (text: string): text is Source => SOURCES.some((source) => source === text);

const FilterOptions = z
  .object({
    source: z.array(z.string().refine(isSource, `must be one of ${SOURCES.join(', ')}`)).optional(),
    mapping: z.array(z.string()).default([]),
    queue: z.array(z.string()).default([]),
    since: Time.optional(),
    until: Time.optional(),
    reason: z.string().optional(),
    id: z.array(z.string()).optional(),
  })
  .transform(({ mapping, queue, source, id, ...rest }): Filter => {
    const places = [...mapping, ...queue];
    return { ...rest, sources: source, ids: id, ...(places.length > 0 && { places }) };
  });

const parsed = <Schema extends z.ZodType>(schema: Schema, values: unknown): z.infer<Schema> => {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new OperatorError(
    result.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('\n'),
  );
};

/** @throws {OperatorError} naming the option that is wrong */
export const filterOf = (values: unknown): Filter => parsed(FilterOptions, values);

/** @throws {OperatorError} naming the option that is wrong */
export const perSecondOf = (value: unknown): number =>
  parsed(z.object({ 'per-second': PerSecond }), { 'per-second': value })['per-second'];

/** @throws {OperatorError} naming the option that is no time */
export const timeOf = (option: string, value: string): number => {
  const result = Time.safeParse(value);
  if (result.success) return result.data;
  throw new OperatorError(`--${option}: ${result.error.issues.map(({ message }) => message).join(', ')}`);
};
