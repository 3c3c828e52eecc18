import { assertVersion, ownPost } from './access.ts';
import { PostError } from './post-error.ts';
import type { PostRepository } from './post-repository.ts';
import type { UpdateRequest } from './update-post.ts';

/**
 * Removes a post, also one that breaks the schema.
 * @param request.author who asks
 * @param request.versions at which the post may be removed; any, if undefined
 * @throws {PostError} not-found, another-user, stale-version
 */
export const deletePost =
  (posts: Pick<PostRepository, 'findHeader' | 'remove'>) =>
  async ({ postId, author, versions }: Omit<UpdateRequest, 'edit' | 'correlationId'>): Promise<void> => {
    const { version } = ownPost(await posts.findHeader(postId), author);
    assertVersion(version, versions);
    const isGone = await posts.remove(postId, author, versions && version);
    if (!isGone) throw new PostError('stale-version');
  };
