import * as z from '#lib/platform/zod.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { anything, defineRoute, noBody, none, nothing } from '../route.ts';

export const PushKey = z
  .object({
    publicKey: z
      .string()
      .check(
        z.describe('The VAPID public key in base64url: `applicationServerKey` of `PushManager.subscribe()`.'),
      ),
  })
  .check(z.meta({ id: 'PushKey' }));

export const getPushKeyRoute = defineRoute({
  operationId: 'getPushKey',
  ...ENDPOINTS.getPushKey,
  tag: 'Push',
  summary: 'The key to subscribe with',
  auth: none,
  params: nothing,
  query: nothing,
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: { 200: { description: 'The key.', body: PushKey, headers: ['Cache-Control'] } },
  problems: [],
});
