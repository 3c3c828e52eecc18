/** Why a request is refused, and the name of the API's problem. */
export type PostErrorCode =
  | 'not-found'
  | 'another-user'
  | 'stale-version'
  | 'flagged-post'
  | 'write-contention'
  | 'search-too-broad'
  | 'idempotency-key-in-use'
  | 'idempotency-key-reused';

/** A rule of the domain refuses the request. */
export class PostError extends Error {
  override readonly name = 'PostError';
  readonly code: PostErrorCode;

  constructor(code: PostErrorCode) {
    super(code);
    this.code = code;
  }
}
