// A function imports the route it answers: each route builds schemas, and every cold start would build them all.
export { createPostRoute } from './create-post.ts';
export { deletePostRoute } from './delete-post.ts';
export { getPostRoute } from './get-post.ts';
export { listUserPostsRoute, PostPage } from './list-user-posts.ts';
export { PostResource } from './post-resource.ts';
export { SearchPage, searchPostsRoute } from './search-posts.ts';
export { updatePostRoute } from './update-post.ts';
