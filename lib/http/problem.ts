import type { FieldError, ProblemDetails } from './problem-details.ts';

/**
 * Every problem this API answers with. The name is the last part of the problem's `type` and never changes its
 * meaning; clients decide by it.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-body': { status: 400, title: 'The body is not JSON' },
  unauthenticated: { status: 401, title: 'The access token is not valid' },
  'another-user': { status: 403, title: 'That is for another user to do' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'The resource does not take this method' },
  'flagged-post': { status: 409, title: 'Moderation flagged this post' },
  'write-contention': { status: 409, title: 'Others are changing the same thing' },
  'idempotency-key-in-use': { status: 409, title: 'A request with this key is being answered' },
  'stale-version': { status: 412, title: 'The post has changed' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not understood' },
  'idempotency-key-reused': { status: 422, title: 'The key belongs to another request' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'identity-unavailable': { status: 503, title: 'Tokens cannot be verified right now' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;

/** The stable `type` of a problem. */
export const problemType = (name: ProblemName): string => `urn:post-broadcast:problem:${name}`;

interface Particulars {
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Thrown by whoever answers a request, to answer it with a problem. Nothing in it may be internal. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly particulars: Particulars;

  constructor(problem: ProblemName, particulars: Particulars = {}) {
    super(problem, { cause: particulars.cause });
    this.name = 'Problem';
    this.problem = problem;
    this.particulars = particulars;
  }
}

/** The body that tells `problem` about the request `requestId`. */
export const problemDetails = ({ problem, particulars }: Problem, requestId: string): ProblemDetails => ({
  type: problemType(problem),
  ...PROBLEMS[problem],
  ...(particulars.detail && { detail: particulars.detail }),
  instance: `urn:request:${requestId}`,
  ...(particulars.errors && { errors: particulars.errors }),
});
