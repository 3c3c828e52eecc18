/** Where an operation of the API is found. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'ANY';
  /** `$default` catches what no other route takes. */
  path: `/${string}` | '$default';
}

/**
 * The operations of the API by their ids. They stand apart from their routes for the function that answers what no
 * other does: it knows them all, and would make all their schemas at each start.
 */
export const ENDPOINTS = {
  createPost: { method: 'POST', path: '/posts' },
  getPost: { method: 'GET', path: '/posts/{postId}' },
  updatePost: { method: 'PATCH', path: '/posts/{postId}' },
  deletePost: { method: 'DELETE', path: '/posts/{postId}' },
  listUserPosts: { method: 'GET', path: '/users/{userId}/posts' },
  searchPosts: { method: 'GET', path: '/posts/search' },
  putDevice: { method: 'PUT', path: '/devices/{deviceId}' },
  deleteDevice: { method: 'DELETE', path: '/devices/{deviceId}' },
  getPushKey: { method: 'GET', path: '/push-key' },
  getOpenApi: { method: 'GET', path: '/openapi.json' },
} as const satisfies Record<string, Endpoint>;
