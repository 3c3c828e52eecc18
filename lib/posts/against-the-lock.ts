import type { Post } from './post.ts';
import { VersionConflict } from './post-repository.ts';
import { Refusal } from './refusal.ts';

// Each lost round means that another writer won one, so this many only fails under a storm on one post.
const MAX_ROUNDS = 10;

/**
 * Runs a read-modify-write against the optimistic lock: when the write loses, it is done again on the post that
 * won, as often as is sane. What `write` refuses is refused for good.
 * @param current the post as read before the first round
 * @param write decides on the current post and writes; may throw a VersionConflict
 * @throws {Refusal} contended when every round was lost
 */
export const againstTheLock = async <Result>(
  current: Post | undefined,
  write: (current: Post | undefined) => Promise<Result>,
): Promise<Result> => {
  let latest = current;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    try {
      return await write(latest);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      latest = error.current;
    }
  }
  throw new Refusal('contended');
};
