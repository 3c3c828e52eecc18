import * as z from '#lib/platform/zod.ts';

/** One invalid part of a request: a place in the body, a parameter of path or query, or a header. */
export const FieldError = z
  .object({
    detail: z.string().check(z.describe('What is wrong with it.')),
    pointer: z
      .optional(z.string())
      .check(z.describe('Where in the body: a JSON Pointer as a URI fragment (RFC 6901).')),
    parameter: z.optional(z.string()).check(z.describe('The name of the path or query parameter.')),
    header: z.optional(z.string()).check(z.describe('The name of the header.')),
  })
  .check(z.meta({ id: 'FieldError' }));
export type FieldError = z.infer<typeof FieldError>;

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export const ProblemDetails = z
  .object({
    type: z.string().check(z.describe('Names the problem; stable.')),
    title: z.string(),
    status: z.int().check(z.minimum(400), z.maximum(599)),
    detail: z.optional(z.string()).check(z.describe('This occurrence, for people.')),
    instance: z.string().check(z.describe('The request, as in X-Request-Id.')),
    errors: z
      .optional(z.array(FieldError))
      .check(z.describe('One entry for each invalid part of the request.')),
  })
  .check(z.meta({ id: 'ProblemDetails', title: 'Problem details (RFC 9457)' }));
export type ProblemDetails = z.infer<typeof ProblemDetails>;
