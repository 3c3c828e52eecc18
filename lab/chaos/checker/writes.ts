import type { Evidence, PostImage } from '../evidence/evidence.ts';
import { BLOCKED_PHRASE } from '../traffic/story.ts';
import { type Violation, violationsOf } from './violation.ts';

const isBlocked = (content: string): boolean => content.includes(BLOCKED_PHRASE);
const shown = (post: PostImage | undefined): string =>
  post ? `version ${post.version}, ${post.status}, "${post.content}", ${post.type}` : 'nothing';

/**
 * Every change that was answered by success is in the stream at the version that the answer named, and each post ends
 * as its author meant it; moderation has the last word about its status.
 */
export const acceptedChangesAreThere = ({ accepted, intents, changes, posts }: Evidence): Violation[] => {
  const { found, say } = violationsOf('accepted changes are there');
  const written = new Map<string, PostImage>();
  const removed = new Map<string, number | undefined>();
  for (const { before, after } of changes) {
    if (after) written.set(`${after.postId} ${after.version}`, after);
    else if (before) removed.set(before.postId, before.version);
  }
  for (const { postId, version, content, type, removes } of accepted) {
    if (version === undefined) {
      if (!removed.has(postId)) say(postId, 'removed', 'never removed');
      else if (removes !== undefined && removed.get(postId) !== removes)
        say(postId, `version ${removes} removed`, `version ${removed.get(postId)} removed`);
      continue;
    }
    const change = written.get(`${postId} ${version}`);
    if (!change || change.content !== content || change.type !== type)
      say(`${postId} version ${version}`, `"${content}", ${type}`, shown(change));
  }

  const now = new Map(posts.map((post) => [post.postId, post]));
  for (const intent of intents) {
    const post = now.get(intent.postId);
    if (intent.removed) {
      if (post) say(intent.postId, 'removed', shown(post));
      continue;
    }
    const status = intent.status === 'published' && isBlocked(intent.content) ? 'flagged' : intent.status;
    if (post?.content !== intent.content || post.type !== intent.type || post.status !== status)
      say(intent.postId, `${status}, "${intent.content}", ${intent.type}`, shown(post));
  }
  return found;
};

/** Every post was created once, by an author who meant to; versions rise by one, so that no write was made over another. */
export const nothingIsWrittenTwice = ({ intents, changes, poison }: Evidence): Violation[] => {
  const { found, say } = violationsOf('nothing is written twice');
  const meant = new Set([...intents.map(({ postId }) => postId), ...poison]);
  const created = new Set<string>();
  const events = new Set<string>();
  const latest = new Map<string, number>();
  for (const { eventId, before, after } of changes) {
    const postId = (after ?? before)?.postId ?? '';
    if (events.has(eventId)) say(`event ${eventId}`, 'one record', 'another record with its id');
    events.add(eventId);
    if (poison.includes(postId)) continue;
    if (after && !before) {
      if (!meant.has(postId)) say(postId, 'no such post', `created with "${after.content}"`);
      if (created.has(postId)) say(postId, 'created once', 'created again');
      created.add(postId);
    }
    const last = latest.get(postId) ?? 0;
    if (after && after.version !== last + 1)
      say(postId, `version ${last + 1} after version ${last}`, `version ${after.version}`);
    if (after) latest.set(postId, after.version ?? 0);
  }
  return found;
};
