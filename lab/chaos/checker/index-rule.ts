import type { ChangeRecord, Evidence, IndexState } from '../evidence/evidence.ts';
import { meaningOf, toldBy } from './change.ts';
import { type Violation, violationsOf } from './violation.ts';

const shown = (state: IndexState | undefined): string =>
  state?.visible ? `version ${state.version}, "${state.content}", ${state.type}` : 'not shown';

/**
 * The version that search was told of last: a review that approves changes nothing that can be found, and search does
 * not hear of it.
 */
const lastTold = (changes: readonly ChangeRecord[]): Map<string, number> => {
  const versions = new Map<string, number>();
  for (const change of changes) {
    const { postId, version } = toldBy(change);
    if (meaningOf(change) !== 'reviewed' && version !== undefined) versions.set(postId, version);
  }
  return versions;
};

/**
 * The index shows exactly the posts that are published, each at its last version, with a hint for each of its words, and
 * holds none of removed posts; and the public search finds them by a word that only they have. A rebuild knows no events:
 * it takes over the version of the table.
 */
export const indexShowsWhatIsPublished = (evidence: Evidence): Violation[] => {
  const { found, say } = violationsOf('the index shows what is published');
  const { states, hints } = evidence.index;
  // What breaks the contract is no post, whatever it says of itself.
  const posts = evidence.posts.filter(({ postId }) => !evidence.poison.includes(postId));
  const published = new Map(
    posts.filter(({ status }) => status === 'published').map((post) => [post.postId, post]),
  );
  const told = lastTold(evidence.changes);
  const byPost = new Map(states.map((state) => [state.postId, state]));

  for (const [postId, post] of published) {
    const state = byPost.get(postId);
    const version = evidence.isRepaired ? post.version : told.get(postId);
    if (
      !state?.visible ||
      state.version !== version ||
      state.content !== post.content ||
      state.type !== post.type
    )
      say(postId, `version ${version}, "${post.content}", ${post.type}`, shown(state));
  }
  for (const state of states) {
    if (state.visible && !published.has(state.postId)) say(state.postId, 'not shown', shown(state));
  }

  const hinted = Map.groupBy(hints, ({ postId }) => postId);
  for (const { postId, visible, removed, words } of states) {
    const own = new Set(hinted.get(postId)?.map(({ word }) => word));
    const missing = visible ? words.filter((word) => !own.has(word)) : [];
    if (missing.length > 0) say(postId, 'a hint for each word', `none for ${missing.join(', ')}`);
    if (removed && own.size > 0) say(postId, 'no hint of a removed post', `for ${[...own].join(', ')}`);
  }

  for (const { postId, word, found: hits } of evidence.searches) {
    const post = published.get(postId);
    const expected = post ? [{ postId, content: post.content ?? '' }] : [];
    if (JSON.stringify(hits) !== JSON.stringify(expected))
      say(`search for ${word}`, JSON.stringify(expected), JSON.stringify(hits));
  }
  return found;
};
