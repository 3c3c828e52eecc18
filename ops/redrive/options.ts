import { z } from 'zod';
import { parseOptions } from '../run-tool.ts';
import type { Filter } from './failures/collect.ts';
import { SOURCES, type Source } from './failures/failure.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isUnit = (text: string | undefined): text is keyof typeof UNITS => text !== undefined && text in UNITS;
const Iso = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A time as ISO 8601 says it, or so many minutes (`30m`), hours (`6h`) or days (`2d`) ago; in Unix milliseconds. */
const Time = z.string().transform((text, context): number => {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (isUnit(unit)) return Date.now() - Number(count) * UNITS[unit];
  if (Iso.safeParse(text).success) return Date.parse(text);
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a time: use 2026-11-20T10:00:00Z, 30m, 6h or 2d`,
  });
  return z.NEVER;
});

const PerSecond = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 500')
  .transform(Number)
  .pipe(z.number().min(1, 'must be 1 to 500').max(500, 'must be 1 to 500'));

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
  .refine(({ since, until }) => since === undefined || until === undefined || since <= until, {
    path: ['since'],
    message: 'must be before --until',
  })
  .transform(({ mapping, queue, source, id, ...rest }): Filter => {
    const places = [...mapping, ...queue];
    return { ...rest, sources: source, ids: id, ...(places.length > 0 && { places }) };
  });

const SpanOptions = z
  .object({ from: Time, to: Time.optional() })
  .transform(({ from, to = Date.now() }) => ({ from, to }))
  .refine(({ from, to }) => from < to, {
    path: ['from'],
    message: 'must be before --to (default: now)',
  });

/** @throws {OperatorError} naming the option that is wrong */
export const filterOf = (values: unknown): Filter => parseOptions(FilterOptions, values);

/** @throws {OperatorError} naming the option that is wrong */
export const perSecondOf = (value: string): number =>
  parseOptions(z.object({ 'per-second': PerSecond }), { 'per-second': value })['per-second'];

/**
 * The span of time between `--from` and `--to`, Unix milliseconds, `to` exclusive.
 * @throws {OperatorError} naming the option that is wrong, and when nothing can lie in the span
 */
export const spanOf = (values: unknown): { from: number; to: number } => parseOptions(SpanOptions, values);
