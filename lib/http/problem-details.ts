import * as z from 'zod';

/** One invalid part of a request: a place in the body, a parameter of path or query, or a header. */
export const FieldError = z
  .object({
    detail: z.string().describe('What is wrong with it.'),
    pointer: z
      .string()
      .optional()
      .describe('Where in the body: a JSON Pointer as a URI fragment (RFC 6901).'),
    parameter: z.string().optional().describe('The name of the path or query parameter.'),
    header: z.string().optional().describe('The name of the header.'),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export const ProblemDetails = z
  .object({
    type: z.string().describe('Names the problem; stable.'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().optional().describe('This occurrence, for people.'),
    instance: z.string().describe('The request, as in X-Request-Id.'),
    errors: z.array(FieldError).optional().describe('One entry for each invalid part of the request.'),
  })
  .meta({ id: 'ProblemDetails', title: 'Problem details (RFC 9457)' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;
