import { BROADCAST_MUTATIONS } from './broadcast.ts';
import type { Mutation } from './mutation.ts';
import { POSTS_MUTATIONS } from './posts.ts';
import { PUSH_MUTATIONS } from './push.ts';
import { SEARCH_MUTATIONS } from './search.ts';
import { SUBSCRIBER_MUTATIONS } from './subscribers.ts';

/** Every guard that the promises rest on, each with the run that fails without it. */
export const MUTATIONS: readonly Mutation[] = [
  ...BROADCAST_MUTATIONS,
  ...SUBSCRIBER_MUTATIONS,
  ...SEARCH_MUTATIONS,
  ...PUSH_MUTATIONS,
  ...POSTS_MUTATIONS,
];
