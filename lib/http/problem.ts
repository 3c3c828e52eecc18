import * as z from 'zod';

interface Definition {
  status: number;
  title: string;
  detail?: string;
  /** Seconds. */
  retryAfter?: number;
}

/** Every problem of the API. Clients decide by its name, the last part of `type`, whose meaning never changes. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'Invalid request' },
  'malformed-body': { status: 400, title: 'Malformed body', detail: 'The body must be JSON in UTF-8.' },
  unauthenticated: { status: 401, title: 'Unauthorized' },
  'another-user': {
    status: 403,
    title: 'Forbidden',
    detail: 'Only the author of a post may change or remove it.',
  },
  'not-found': { status: 404, title: 'Not found' },
  'flagged-post': {
    status: 409,
    title: 'Post is flagged',
    detail:
      'Moderation took the post down, so its status cannot be changed. Edit its content to have it reviewed again.',
  },
  'write-contention': {
    status: 409,
    title: 'Conflict',
    detail: 'Other requests changed the post at the same time. Send this request again.',
    retryAfter: 1,
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'Idempotency-Key in use',
    detail:
      'The first request with this Idempotency-Key is still being processed. Send this one again later.',
    retryAfter: 1,
  },
  'stale-version': {
    status: 412,
    title: 'Precondition failed',
    detail: 'The post is no longer at the version in If-Match. Read it again, and repeat the change.',
  },
  'body-too-large': { status: 413, title: 'Content too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key reused',
    detail: 'This Idempotency-Key was already used with another body. Use a new key for a new request.',
  },
  'search-too-broad': {
    status: 422,
    title: 'Search too broad',
    detail:
      'The words occur in many posts and hardly ever together. Search for rarer words, or for one author.',
  },
  'internal-error': { status: 500, title: 'Internal server error' },
  'identity-unavailable': {
    status: 503,
    title: 'Service unavailable',
    detail:
      'Access tokens cannot be verified, because their issuer does not answer. Send this request again later.',
    retryAfter: 5,
  },
  unavailable: {
    status: 503,
    title: 'Service unavailable',
    detail:
      'A service that this request needs is overloaded or does not answer. Send this request again later.',
    retryAfter: 1,
  },
} as const satisfies Record<string, Definition>;
export type ProblemName = keyof typeof PROBLEMS;

export const FieldError = z
  .object({
    detail: z.string().describe('What is wrong with it.'),
    pointer: z
      .string()
      .exactOptional()
      .describe('Where in the body: a JSON Pointer as a URI fragment (RFC 6901).'),
    parameter: z.string().exactOptional().describe('The name of the path or query parameter.'),
    header: z.string().exactOptional().describe('The name of the header.'),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export const ProblemDetails = z
  .object({
    type: z.string().describe('Names the problem; stable.'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().exactOptional().describe('This occurrence, for people.'),
    instance: z.string().describe('The request, as in X-Request-Id.'),
    errors: z.array(FieldError).exactOptional().describe('One entry for each invalid part of the request.'),
  })
  .meta({ id: 'ProblemDetails', title: 'Problem details (RFC 9457)' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

export const problemType = (name: ProblemName): string => `urn:problem-type:${name}`;

interface Particulars extends Partial<Pick<Definition, 'detail' | 'retryAfter'>> {
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Answers a request with a problem. Its `cause` is logged only. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly problem: ProblemName;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly #body: Omit<ProblemDetails, 'instance'>;

  constructor(problem: ProblemName, { errors, headers, cause, ...particulars }: Particulars = {}) {
    super(problem, { cause });
    const { status, title, detail, retryAfter }: Definition = { ...PROBLEMS[problem], ...particulars };
    this.problem = problem;
    this.status = status;
    this.headers = { ...headers, ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }) };
    this.#body = {
      ...{ type: problemType(problem), title, status },
      ...(detail !== undefined && { detail }),
      ...(errors && { errors }),
    };
  }

  details(requestId: string): ProblemDetails {
    return { ...this.#body, instance: `urn:request:${requestId}` };
  }
}
