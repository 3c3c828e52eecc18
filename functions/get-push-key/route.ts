import * as z from 'zod';
import type { Route } from '#lib/http/route.ts';

const PushKey = z
  .object({
    publicKey: z
      .string()
      .describe('The VAPID public key in base64url: `applicationServerKey` of `PushManager.subscribe()`.'),
  })
  .meta({ id: 'PushKey' });

export const route = {
  tag: 'Push',
  summary: 'The key to subscribe with',
  request: z.object({}),
  answers: { 200: { description: 'The key.', body: PushKey, headers: ['Cache-Control'] } },
} as const satisfies Route;
