/** Why a caller may not do to a post what he asked for. */
export type Reason =
  /** There is no such post, or none that this caller may know of. */
  | 'not-found'
  | 'not-the-author'
  /** The caller named a version of the post that is not the current one. */
  | 'stale-version'
  /** Moderation flagged the post: only moderation can lift that. */
  | 'flagged'
  /** Others kept changing the post, and the write lost against them every time. */
  | 'contended';

/** A rule of the domain refused the request; nothing was written. */
export class Refusal extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(`refused: ${reason}`);
    this.name = 'Refusal';
    this.reason = reason;
  }
}
