import type { Route } from '../route.ts';
import {
  createPostRoute,
  deletePostRoute,
  getPostRoute,
  listUserPostsRoute,
  searchPostsRoute,
  updatePostRoute,
} from './posts.ts';
import { deleteDeviceRoute, putDeviceRoute } from './push.ts';
import { getPushKeyRoute } from './push-key.ts';
import { getOpenApiRoute } from './service.ts';

/** Every route of the API, in the order of the OpenAPI document. */
export const ROUTES: readonly Route[] = [
  createPostRoute,
  getPostRoute,
  updatePostRoute,
  deletePostRoute,
  listUserPostsRoute,
  searchPostsRoute,
  putDeviceRoute,
  deleteDeviceRoute,
  getPushKeyRoute,
  getOpenApiRoute,
];
