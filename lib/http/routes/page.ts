import * as z from 'zod';

/** A page size in decimal digits, 1 to 100. */
export const Limit = z
  .string()
  .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)
  .default(20)
  .meta({
    description: 'The most items on the page.',
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100 });
    },
  });

export const NextCursor = z
  .string()
  .optional()
  .describe('Hand it in as `cursor` for the next page. Absent on the last page.');
