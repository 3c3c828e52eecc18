import * as z from '#lib/platform/zod.ts';

/** A page size in decimal digits, 1 to 100. */
export const Limit = z
  ._default(
    z.pipe(
      z.string().check(z.regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')),
      z.transform(Number),
    ),
    20,
  )
  .check(
    z.meta({
      description: 'The most items on the page.',
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100 });
      },
    }),
  );

export const NextCursor = z
  .optional(z.string())
  .check(z.describe('Hand it in as `cursor` for the next page. Absent on the last page.'));
